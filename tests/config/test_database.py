"""Which database, from the URL."""

from pathlib import Path

import pytest

from config.database import from_url, local_secret
from config.env import SettingError


def test_no_url_is_sqlite_fit_for_several_writers(tmp_path: Path) -> None:
    settings = from_url("", tmp_path / "var")
    assert settings["NAME"] == tmp_path / "var/sightline.sqlite3"
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in settings["OPTIONS"]["init_command"]


def test_a_postgresql_url_is_taken_apart(tmp_path: Path) -> None:
    settings = from_url("postgresql://ada:p%40ss@db:5433/store?sslmode=require", tmp_path)
    wanted = {"NAME": "store", "USER": "ada", "PASSWORD": "p@ss", "HOST": "db", "PORT": "5433"}
    assert {key: settings[key] for key in wanted} == wanted
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["OPTIONS"]["pool"]


def test_another_scheme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"must begin with postgresql://; it begins with mysql://"):
        from_url("mysql://db/store", tmp_path)


def test_the_secret_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    secret = local_secret(tmp_path / "var")
    assert local_secret(tmp_path / "var") == secret
    assert len(secret) >= 50
    assert (tmp_path / "var/secret_key").stat().st_mode & 0o777 == 0o600


def test_a_start_that_was_killed_leaves_no_half_of_the_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", killed)
        patch.setattr("pathlib.Path.write_text", killed)
        with pytest.raises(KeyboardInterrupt):
            local_secret(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(local_secret(tmp_path)) >= 50


def test_an_empty_secret_is_none(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    secret = local_secret(tmp_path)
    assert len(secret) >= 50
    assert local_secret(tmp_path) == secret
