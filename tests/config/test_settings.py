"""Settings: every one documented, loud where they cannot be read, and fit for deployment."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from config import env
from tests.support.processes import ROOT

PACKAGES = ["config", "sessions", "signaling", "replay", "demo"]
READERS = {"text", "flag", "number", "words"}
NOT_OURS = {"DJANGO_SETTINGS_MODULE"}


def names_in_code() -> set[str]:
    """First arguments of `env.text("NAME")` and its like, and of `os.environ.get("NAME")`."""
    return {name for path in sources() for name in names_in(ast.parse(path.read_text()))} - NOT_OURS


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def names_in(tree: ast.AST) -> Iterator[str]:
    constants = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and is_reader(node.func):
            first = node.args[0]
            value = constants.get(first.id) if isinstance(first, ast.Name) else getattr(first, "value", None)
            if isinstance(value, str):
                yield value


def is_reader(function: ast.expr) -> bool:
    source = ast.unparse(function)
    return source in {f"env.{name}" for name in READERS} or source.startswith("os.environ.")


def names_in_docs() -> set[str]:
    rows = re.findall(r"^\| (`[A-Z0-9_`, ]+) \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)}


def test_every_setting_is_documented_and_none_besides() -> None:
    assert names_in_code() == names_in_docs()


def test_deployment_checks_are_clean() -> None:
    """Django's own `check --deploy`, with what production sets."""
    production = {
        "APP_ORIGIN": "https://sightline.example",
        "STAGE_ORIGIN": "https://stage.example",
        "ALLOWED_HOSTS": "sightline.example,stage.example",
        "DATABASE_URL": "postgresql://sightline@db/sightline",
        "REDIS_URL": "redis://redis:6379/0",
        "SECRET_KEY": "k3" * 40 + "-._~!$&+,;=:@/?",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **production}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_app_in_sessions_is_recordings() -> None:
    """Django's login app is called `sessions` too; the label is in every table, permission and admin URL."""
    assert apps.get_app_config("recordings").name == "sessions"
    assert apps.get_app_config("sessions").name == "django.contrib.sessions"


class TestReading:
    def test_a_file_stands_for_the_value(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "key").write_text("secret\n")
        monkeypatch.setenv("THE_KEY_FILE", str(tmp_path / "key"))
        assert env.text("THE_KEY") == "secret"

    def test_a_file_that_cannot_be_read_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THE_KEY_FILE", "/nowhere/key")
        with pytest.raises(env.SettingError, match="THE_KEY_FILE names /nowhere/key, which cannot be read"):
            env.text("THE_KEY")

    @pytest.mark.parametrize("value", ["maybe", "2", "wahr"])
    def test_a_flag_is_yes_or_no(self, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THE_FLAG", value)
        with pytest.raises(env.SettingError, match=f"THE_FLAG must be one of .*; it is '{value}'"):
            env.flag("THE_FLAG", False)

    @pytest.mark.parametrize(("value", "expected"), [("1", True), ("ON", True), ("no", False), ("", False)])
    def test_flags(self, value: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THE_FLAG", value)
        assert env.flag("THE_FLAG", not expected) is expected

    @pytest.mark.parametrize(("value", "reason"), [("ten", "a whole number"), ("0", "at least 1")])
    def test_a_number_is_whole_and_large_enough(self, value: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THE_NUMBER", value)
        with pytest.raises(env.SettingError, match=f"THE_NUMBER must be {reason}"):
            env.number("THE_NUMBER", 5, least=1)

    def test_words(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THE_WORDS", "a, b,,c")
        assert env.words("THE_WORDS") == ["a", "b", "c"]
