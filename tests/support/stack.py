"""The whole product as real processes, the way it is deployed: by the scripts that compose runs, or embedded in one.

with Stack.embedded(tmp_path) as stack:
    stack.url, stack.demo_site, stack.demo["password"]
    stack.api("GET", "recordings").json()

with Stack.production(tmp_path) as stack:
    stack.processes["agent"].kill()
    stack.processes["agent"].start()
    stack.services["postgres"].process.stop()
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support import servers
from tests.support.ports import free_port
from tests.support.processes import OWNED, Process, Ready
from tests.support.servers import Service

START_SECONDS = 120.0
"""Several Python processes that start at once on two busy cores."""

RUNNING: list["Stack"] = []
"""Those that are up, and those that went down in the test that just runs: a failing test shows their logs."""


class Stack:
    """Processes by name, in the order in which they start; `services` are the servers they stand on."""

    def __init__(self, folder: Path, env: Mapping[str, str], services: Mapping[str, Service] | None = None) -> None:
        self.folder = folder
        self.port = free_port(2)
        self.url = f"http://localhost:{self.port}"
        self.demo_site = f"http://localhost:{self.port + 1}"
        self.services = dict(services or {})
        self.processes: dict[str, Process] = {}
        self.is_up = False
        self.env = {"PORT": str(self.port), "VAR_DIR": str(folder / "var"), "LOG_JSON": "1", **env}

    @classmethod
    @contextmanager
    def embedded(cls, folder: Path, env: Mapping[str, str] | None = None) -> Iterator["Stack"]:
        """Everything in the one process `serve`, on SQLite and a local folder."""
        stack = cls(folder, {"DATABASE_URL": "", "REDIS_URL": "", "S3_BUCKET": "", **(env or {})})
        stack.add("serve", ["deploy/web", "--demo"], stack._web_ready)
        with stack._up():
            yield stack

    @classmethod
    @contextmanager
    def production(
        cls,
        folder: Path,
        env: Mapping[str, str] | None = None,
        *,
        agents: int = 1,
        workers: int = 1,
        durable: bool = False,
    ) -> Iterator["Stack"]:
        """`web`, `agent`, `worker` and `beat` (further ones: `agent2`, `worker2`...) on PostgreSQL, Redis and S3.

        PostgreSQL waits for the disk only when `durable`: tests need not survive lost power, benches measure it.
        """
        with ExitStack() as exits:
            services = {
                "postgres": exits.enter_context(servers.postgres(durable=durable)),
                "redis": exits.enter_context(servers.redis()),
                "s3": exits.enter_context(servers.s3()),
            }
            wiring = {
                "DATABASE_URL": services["postgres"].url,
                "REDIS_URL": services["redis"].url,
                **servers.s3_environment(services["s3"].url),
            }
            stack = cls(folder, {**wiring, **(env or {})}, services)
            stack._migrate()
            stack.add("web", ["deploy/web", "--demo"], stack._web_ready)
            for name in _numbered("agent", agents):
                stack.add(name, ["deploy/agent"], stack._says(name, "agent.started"))
            for name in _numbered("worker", workers):
                further = [] if name == "worker" else ["--hostname", f"{name}@%h"]
                stack.add(name, ["deploy/worker", *further], stack._says(name, " ready."))
            stack.add("beat", ["deploy/beat"], stack._says("beat", " is starting."))
            with stack._up():
                yield stack

    def add(self, name: str, command: list[str], ready: Ready = lambda: None) -> Process:
        """One more process with the stack's environment. Not started yet."""
        env = {"HOST": "127.0.0.1", **self.env}
        self.folder.mkdir(parents=True, exist_ok=True)
        self.processes[name] = Process(name, command, log=self.folder / f"{name}.log", ready=ready, env=env)
        return self.processes[name]

    @property
    def demo(self) -> dict[str, str]:
        """What `var/demo.json` tells: url, email, password, api_token, key, demo_site."""
        known: dict[str, str] = json.loads((self.folder / "var/demo.json").read_text())
        return known

    def api(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request to the REST API with the demo member's token; `path` is below /api/v1/."""
        headers = {"Authorization": f"Bearer {self.demo['api_token']}"}
        return httpx.request(method, f"{self.url}/api/v1/{path}", headers=headers, timeout=10, **options)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of a GET; raises for any other status than success."""
        return self.api("GET", path, params=params).raise_for_status().json()

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` with the stack's environment, to its end; returns what it printed."""
        name = f"manage-{arguments[0]}"
        process = self.add(name, ["deploy/manage", *arguments])
        process.start()
        code = process.wait(120)
        del self.processes[name]
        assert code == 0, f"manage.py {' '.join(arguments)} ended with {code}\n{process.tail()}"
        return process.text()

    def is_healthy(self, name: str) -> bool:
        """What the compose file asks of a process, `web`, `agent`, `worker` or `beat`."""
        check = self.add(f"healthcheck-{name}", ["deploy/healthcheck", name])
        check.start()
        code = check.wait(60)
        del self.processes[check.name]
        return code == 0

    def logs(self, lines: int = 60) -> dict[str, str]:
        return {name: process.tail(lines) for name, process in self.processes.items()}

    @contextmanager
    def _up(self) -> Iterator[None]:
        RUNNING.append(self)
        self.is_up = True
        OWNED.update(self.processes.values())
        try:
            for process in self.processes.values():
                process.start(wait=False)
            for process in self.processes.values():
                process.wait_ready(START_SECONDS)
            yield
        finally:
            with ExitStack() as exits:
                # The web process goes first, so that collectors see one end, not several.
                for process in reversed(self.processes.values()):
                    exits.callback(process.stop)
            OWNED.difference_update(self.processes.values())
            self.is_up = False

    def _migrate(self) -> None:
        migrate = self.add("migrate", ["deploy/migrate"])
        migrate.start()
        assert migrate.wait(120) == 0, migrate.tail()
        del self.processes["migrate"]

    def _web_ready(self) -> str | None:
        try:
            answer = httpx.get(f"{self.url}/api/v1/health", timeout=5)
        except httpx.HTTPError as error:
            return repr(error)
        return None if answer.status_code == 200 else f"health answers {answer.status_code}: {answer.text[:200]}"

    def _says(self, name: str, words: str) -> Ready:
        """Ready when the process has said so since it was started last."""
        return lambda: None if words in self.processes[name].text_of_this_run() else f"no {words!r} in its log yet"


def _numbered(name: str, count: int) -> list[str]:
    return [name if n == 1 else f"{name}{n}" for n in range(1, count + 1)]
