"""The compose file and the Dockerfile run the scripts that these tests run, with settings that exist.

The scripts themselves are proven by `Stack.production`; this keeps the files true to them.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from signaling.agent.agent import DRAIN_SECONDS
from tests.config.test_settings import names_in_code
from tests.support import servers
from tests.support.processes import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "sightline"]
ONE_SHOT = {"migrate", "bucket"}


def test_the_production_twin_is_complete() -> None:
    assert set(OURS) == {"migrate", "web", "agent", "worker", "beat"}
    assert set(SERVICES) - set(OURS) == {"proxy", "postgres", "redis", "objects", "bucket", "turn"}


def test_compose_itself_reads_the_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    subprocess.run([tmp_path / "deploy/prepare"], check=True)
    done = subprocess.run([*compose(), "config"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    read = yaml.safe_load(done.stdout)
    assert set(read["services"]) == set(SERVICES)
    assert all(Path(secret["file"]).is_file() for secret in read["secrets"].values())


def compose() -> list[str]:
    """The plugin of Docker, else Debian's command of its own; neither needs an engine to read a file."""
    if shutil.which("docker") and not subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        return ["docker", "compose"]
    return [servers.need("docker-compose", "docker-compose")]


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_our_scripts(name: str) -> None:
    script, *arguments = SERVICES[name]["command"]
    assert script == f"deploy/{name}"
    assert arguments == []
    assert os.access(ROOT / script, os.X_OK)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_what_stays_is_watched_and_comes_back(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(set(OURS) - ONE_SHOT))
def test_our_health_checks_are_our_script(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "deploy/healthcheck", name]
    assert re.search(rf"^    {name}\)", (ROOT / "deploy/healthcheck").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_do_little(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", ["web", "agent", "worker"])
def test_who_has_something_to_finish_is_given_the_time(name: str, settings: Any) -> None:
    seconds = int(SERVICES[name]["stop_grace_period"].removesuffix("s"))
    assert seconds > max(DRAIN_SECONDS, settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT) + 10


def test_what_is_set_is_a_setting() -> None:
    given = {name.removesuffix("_FILE") for service in OURS for name in SERVICES[service]["environment"]}
    assert given <= names_in_code()


def test_secrets_come_by_file_and_are_declared() -> None:
    declared = set(COMPOSE["secrets"])
    for name, service in SERVICES.items():
        assert set(service.get("secrets", [])) <= declared, name
        for key, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|ACCESS_KEY|DATABASE_URL", key):
                assert key.endswith("_FILE"), f"{name}: {key}"
                assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_dependencies_and_volumes_exist() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), f"{name}: {volume}"


def test_nothing_but_the_proxy_is_open_to_others() -> None:
    for name, service in SERVICES.items():
        if name != "proxy":
            assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_the_proxy_serves_both_hosts() -> None:
    caddyfile = (ROOT / "deploy/Caddyfile").read_text()
    assert re.search(r"^\{\$APP_HOST\}, \{\$STAGE_HOST\} \{", caddyfile, re.MULTILINE)
    assert set(SERVICES["proxy"]["environment"]) == {"APP_HOST", "STAGE_HOST"}


def test_the_image_holds_what_it_runs_and_not_as_root() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (?!--)(.+) \S+$", dockerfile, re.MULTILINE))
    files = {word for line in copied for word in line.split()}
    assert {"config", "demo", "deploy", "replay", "sessions", "signaling", "templates", "manage.py"} <= files
    assert all((ROOT / name).exists() for name in files)
    assert "\nUSER sightline\n" in dockerfile
    assert 'CMD ["deploy/web"]' in dockerfile
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{name}" for name in files} <= set(allowed)


class TestPrepare:
    def prepare(self, folder: Path) -> None:
        subprocess.run([ROOT / "deploy/prepare", folder], check=True)

    def test_makes_every_secret_and_every_name_that_compose_asks_for(self, tmp_path: Path) -> None:
        self.prepare(tmp_path)
        for name, secret in COMPOSE["secrets"].items():
            assert (tmp_path / secret["file"]).read_text(), name
        asked = {"COMPOSE_PROJECT_NAME"} | set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
        told = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines() if "=" in line)
        assert asked == set(told)
        assert re.fullmatch(r"[0-9.]+", told["HOST_IP"])

    def test_keeps_secrets_from_others_and_over_a_second_run(self, tmp_path: Path) -> None:
        self.prepare(tmp_path)
        before = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
        assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
        self.prepare(tmp_path)
        assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == before
        assert before["postgres_password"] in before["database_url"]
        assert len(set(before.values())) == len(before)
