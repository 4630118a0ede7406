"""Runs a command on PostgreSQL and Redis: `python -m tests.support.with_services pytest tests/sessions`."""

import os
import signal
import subprocess
import sys

from tests.support import servers


def main() -> int:
    # TERM ends the servers too, by the way of an exception.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with servers.postgres() as postgres, servers.redis() as redis:
        env = {**os.environ, "DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
        return subprocess.run(sys.argv[1:], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
