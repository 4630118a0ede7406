"""The servers of production, real and throw-away: PostgreSQL, Redis, and something that speaks S3."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.ports import answers, free_port
from tests.support.processes import Process


@dataclass(frozen=True, slots=True)
class Service:
    """A server and where it is to be found."""

    process: Process
    url: str


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[Service]:
    """A PostgreSQL cluster of its own with the database `sightline`. Only a `durable` one waits for the disk."""
    binaries = _postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="sightline-pg-"))
    data, port, prefix = folder / "data", free_port(), _unprivileged(folder)
    try:
        _run([*prefix, f"{binaries}/initdb", "-D", str(data), "-U", "sightline", "-A", "trust", "--no-sync",
              "-E", "UTF8", "--locale", "C.UTF-8"])  # fmt: skip
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(folder),
            "fsync": "on" if durable else "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        process = Process(
            "postgres",
            [*prefix, f"{binaries}/postgres", "-D", str(data), "-p", str(port), *options],
            log=folder / "log",
            cwd=folder,
            ready=lambda: _accepts_queries(binaries, port),
            stop_signal=signal.SIGINT,  # "fast": open connections are closed
        )
        with process:
            _run([f"{binaries}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "sightline", "sightline"])
            yield Service(process, f"postgresql://sightline@127.0.0.1:{port}/sightline")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[Service]:
    binary = need("redis-server", "redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="sightline-redis-") as folder:
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = Process("redis", command, log=Path(folder) / "log", ready=lambda: answers(port))
        with process:
            yield Service(process, f"redis://127.0.0.1:{port}/0")


BUCKET = "sightline"


@contextmanager
def s3() -> Iterator[Service]:
    """moto's S3 server, with an empty bucket."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="sightline-s3-") as folder:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        process = Process("s3", command, log=Path(folder) / "log", ready=lambda: answers(port))
        with process:
            httpx.put(f"{url}/{BUCKET}").raise_for_status()
            yield Service(process, url)


def s3_environment(url: str) -> dict[str, str]:
    return {"S3_BUCKET": BUCKET, "S3_ENDPOINT": url, "S3_ACCESS_KEY": "test", "S3_SECRET_KEY": "test"}


def need(binary: str, package: str) -> str:
    """The program's path. In CI a missing one is a failure, elsewhere a skip that names the package."""
    if path := shutil.which(binary):
        return path
    return missing(f"{binary} is missing: apt-get install {package}")


def _postgres_binaries() -> Path:
    """Debian keeps `initdb` out of PATH, in a folder for each version; the newest counts."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if folders:
        return folders[-1]
    return Path(need("initdb", "postgresql")).parent


def missing(reason: str) -> str:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: another user then, to whom the folder is given."""
    if os.geteuid() != 0:
        return []
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _accepts_queries(binaries: Path, port: int) -> str | None:
    command = [f"{binaries}/pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
    return None if subprocess.run(command, check=False).returncode == 0 else "pg_isready says no"


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
