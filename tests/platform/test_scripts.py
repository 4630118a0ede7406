"""The scripts of the set-up: nothing twice, nothing that names a registry."""

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.support.processes import ROOT

SHELL = [
    path
    for folder in ("scripts", "deploy")
    for path in sorted((ROOT / folder).iterdir())
    if path.is_file() and path.read_text().startswith("#!") and "sh" in path.read_text().splitlines()[0]
]


def test_the_locks_name_no_registry() -> None:
    subprocess.run([ROOT / "scripts/check-locks"], check=True)


def test_every_locked_package_has_a_hash() -> None:
    for name in ("base", "dev"):
        blocks = re.split(r"\n(?=\S)", (ROOT / f"requirements/{name}.txt").read_text())
        assert len(blocks) > 50
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_npm_lock_is_of_this_package_json() -> None:
    package = json.loads((ROOT / "static/package.json").read_text())
    locked = json.loads((ROOT / "static/package-lock.json").read_text())["packages"][""]
    for key in ("dependencies", "devDependencies"):
        assert locked[key] == package[key]


def test_each_dependency_of_the_project_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for requirements, wanted in (
        ("base", project["project"]["dependencies"]),
        ("dev", project["dependency-groups"]["dev"]),
    ):
        locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / f"requirements/{requirements}.txt").read_text(), re.M))
        assert {re.split(r"[\[><=]", name)[0].lower() for name in wanted} <= locked


def test_a_second_set_up_does_nothing() -> None:
    subprocess.run([ROOT / "scripts/setup"], check=True)
    made = [
        ROOT / ".venv/.made",
        ROOT / ".venv/.packages",
        ROOT / "static/node_modules/.stamp",
        ROOT / "static/dist/.stamp",
    ]
    before = [path.stat().st_mtime_ns for path in made]
    done = subprocess.run([ROOT / "scripts/setup"], check=True, capture_output=True, text=True)
    assert done.stdout == ""
    assert [path.stat().st_mtime_ns for path in made] == before


@pytest.mark.parametrize("path", SHELL, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_shell_scripts_parse_and_can_be_run(path: Path) -> None:
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", path], check=True)


def test_ci_runs_what_a_newcomer_types() -> None:
    commands = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line.startswith("exec")]
    assert commands == ["exec make test"]


def test_make_lists_its_verbs() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for verb in ("demo", "test", "check", "bench", "build", "up", "lock", "fmt", "clean"):
        assert re.search(rf"^  make {verb} +\S", listed, re.MULTILINE), verb
