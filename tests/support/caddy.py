"""The TLS proxy of the compose file, on ports of its own, with the very Caddyfile."""

import os
import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.ports import free_port
from tests.support.processes import ROOT, Process
from tests.support.servers import missing


@dataclass(frozen=True, slots=True)
class Proxy:
    app_host: str
    stage_host: str
    port: int
    authority: Path
    """The certificate that its own authority signs with."""

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def get(self, host: str, path: str) -> httpx.Response:
        """A GET as a browser would, without asking a resolver where `host` is."""
        with httpx.Client(verify=self.tls) as client:
            return client.get(
                f"https://127.0.0.1:{self.port}{path}",
                headers={"Host": f"{host}:{self.port}"},
                extensions={"sni_hostname": host},
            )


@contextmanager
def proxy(folder: Path, *, upstream: int, port: int, app_host: str, stage_host: str) -> Iterator[Proxy]:
    """Caddy before a web server on 127.0.0.1:`upstream`."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "Caddyfile"
    config.write_text(
        f"{{\n\tadmin off\n\thttp_port {free_port()}\n\thttps_port {port}\n\tskip_install_trust\n\tlocal_certs\n}}\n"
        f"import {ROOT}/deploy/Caddyfile\n"
    )
    env = {
        "APP_HOST": app_host,
        "STAGE_HOST": stage_host,
        "UPSTREAM": f"127.0.0.1:{upstream}",
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "HOME": str(folder),
    }
    command = [_binary(), "run", "--config", str(config), "--adapter", "caddyfile"]
    authority = folder / "caddy/pki/authorities/local/root.crt"
    log = folder / "caddy.log"
    running = Proxy(app_host, stage_host, port, authority)
    with Process("caddy", command, log=log, env=env, ready=lambda: _why_not_secure(running)):
        yield running


def _why_not_secure(proxy: Proxy) -> str | None:
    """Caddy listens before its certificates are there."""
    if not proxy.authority.exists():
        return "no authority yet"
    for host in (proxy.app_host, proxy.stage_host):
        try:
            with (
                socket.create_connection(("127.0.0.1", proxy.port), timeout=2) as plain,
                proxy.tls.wrap_socket(plain, server_hostname=host),
            ):
                pass
        except OSError as error:
            return f"{host}: {error}"
    return None


def _binary() -> str:
    unpacked = ROOT / "var/tools/usr/bin/caddy"
    if os.access(unpacked, os.X_OK):
        return str(unpacked)
    return shutil.which("caddy") or missing("caddy is missing: scripts/system-packages unpacks it")
