"""The throw-away servers are the real ones, and survive what tests do to them."""

import os

import psycopg
import pytest
import redis as redis_client
from obstore.store import S3Store

from tests.support import servers
from tests.support.servers import Service

pytestmark = pytest.mark.services


def test_postgres_keeps_what_was_committed_over_a_kill(postgres: Service) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    postgres.process.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.url)
    postgres.process.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]


def test_postgres_is_not_run_by_root(postgres: Service) -> None:
    assert os.stat(f"/proc/{postgres.process.pid}").st_uid != 0


def test_redis_answers(redis: Service) -> None:
    with redis_client.from_url(redis.url) as client:
        assert client.ping()


def test_s3_has_the_bucket(s3: Service) -> None:
    settings = servers.s3_environment(s3.url)
    store = S3Store(
        settings["S3_BUCKET"],
        endpoint=settings["S3_ENDPOINT"],
        access_key_id=settings["S3_ACCESS_KEY"],
        secret_access_key=settings["S3_SECRET_KEY"],
        region="us-east-1",
        client_options={"allow_http": True},
    )
    store.put("a", b"1")
    assert bytes(store.get("a").bytes()) == b"1"
