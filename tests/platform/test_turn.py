"""coturn as compose runs it: credentials by our secret, and a way to our agents only."""

import base64
import hashlib
import hmac
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from tests.support.ports import answers, free_port
from tests.support.processes import ROOT, Process
from tests.support.servers import need

pytestmark = pytest.mark.services

SECRET = "s3cret"
ADDRESS = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Turn:
    process: Process
    port: int

    def relay_to(self, peer: str, *, secret: str = SECRET) -> str:
        """What coturn's own client says of sending two messages to `peer`."""
        user = f"{int(time.time()) + 300}:{uuid4().hex}"
        password = base64.b64encode(hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()).decode()
        options = ["-u", user, "-w", password, "-e", peer, "-n", "2", "-m", "1", "-c", "-p", str(self.port)]
        done = subprocess.run(
            ["timeout", "15", "turnutils_uclient", *options, ADDRESS], capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turn]:
    """`deploy/turn` with one allowed peer."""
    need("turnserver", "coturn")
    folder = tmp_path_factory.mktemp("turn")
    (folder / "secret").write_text(SECRET)
    env = {"TURN_ADDRESS": ADDRESS, "TURN_PEERS": ADDRESS, "TURN_SECRET_FILE": str(folder / "secret")}
    port = free_port()
    command = ["/bin/sh", str(ROOT / "deploy/turn"), "--allow-loopback-peers", f"--listening-port={port}"]
    with Process("turn", command, log=folder / "log", env=env, cwd=folder, ready=lambda: answers(port)) as process:
        yield Turn(process, port)


def test_our_credentials_open_a_relay_to_an_agent(turn: Turn) -> None:
    said = turn.relay_to(ADDRESS)
    assert "tot_send_msgs=2" in said
    assert "error" not in said


@pytest.mark.parametrize("peer", ["10.0.0.1", "169.254.169.254", "192.168.0.1", "8.8.8.8", "0.0.0.0"])
def test_nobody_else_is_relayed_to(turn: Turn, peer: str) -> None:
    assert "403" in turn.relay_to(peer)


def test_another_secret_opens_nothing(turn: Turn) -> None:
    assert "Cannot complete Allocation" in turn.relay_to(ADDRESS, secret="guessed")
