"""The agent's health check asks for the agent of its own container, by the file that this touches."""

import os
import subprocess
import time
from pathlib import Path

from tests.support.processes import ROOT


def is_healthy(folder: Path) -> bool:
    done = subprocess.run(
        [ROOT / "deploy/healthcheck", "agent"], env={**os.environ, "VAR_DIR": str(folder)}, check=False
    )
    return done.returncode == 0


def test_only_a_fresh_file_is_healthy(tmp_path: Path) -> None:
    assert not is_healthy(tmp_path)
    heartbeat = tmp_path / "agent.heartbeat"
    heartbeat.touch()
    assert is_healthy(tmp_path)
    long_ago = time.time() - 60
    os.utime(heartbeat, (long_ago, long_ago))
    assert not is_healthy(tmp_path)
