"""Collectors of earlier releases, as pages opened or cached long ago still run them, with the server of today.

`scripts/keep-collector` keeps one at each release; all of them are tried.
"""

import asyncio
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import BrowserContext, Route

from tests.eventually import eventually
from tests.faults.probe import Probe
from tests.support.chromium import open_chromium
from tests.support.stack import Stack

pytestmark = [pytest.mark.services, pytest.mark.e2e, pytest.mark.timeout(600)]

KEPT: Final = Path(__file__).resolve().parents[1] / "fixtures" / "collectors"
VERSIONS: Final = sorted(path.name for path in KEPT.iterdir())
PACKAGE: Final = KEPT.parents[2] / "static" / "package.json"


def test_the_first_release_is_kept_and_none_is_missing() -> None:
    assert "0.1.0" in VERSIONS
    assert json.loads(PACKAGE.read_text())["version"] in VERSIONS, "run scripts/keep-collector at each release"
    for version in VERSIONS:
        assert {path.name for path in (KEPT / version).iterdir()} == {"collect.js", core_of(version)}


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_kept_collector_still_records(stack: Stack, version: str) -> None:
    served: set[str] = set()
    async with open_chromium() as browser:
        context = await browser.new_context()
        await serve_kept(context, version, served)
        probe = await Probe.into(context)
        page = await context.new_page()
        await page.goto(stack.demo_site)
        await page.wait_for_selector(".card")
        await eventually(lambda: "no link yet" if not probe.frames else None, 30)
        await page.click("#nav-plants")
        await page.evaluate("() => { sightline('track', 'kept', { version: 'old' }); console.warn('kept too') }")
        await eventually(lambda: why_not_over(probe, "rtc"), 30)
        await page.evaluate("() => fetch('/no-such-page').then(() => sightline('track', 'over rtc'))")
        events = await eventually_events(stack, probe, {"kept", "over rtc"})
        await context.close()
    assert served == {"collect.js", core_of(version)}
    assert {"page", "dom", "click", "console", "request", "track", "viewport"} <= {event["kind"] for event in events}
    assert any(event["kind"] == "dom" and event["data"]["type"] == 2 for event in events), "no snapshot"


async def serve_kept(context: BrowserContext, version: str, served: set[str]) -> None:
    """The kept files stand where today's would; everything else is today's."""

    async def fulfil(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        served.add(name)
        headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        body = (KEPT / version / name).read_bytes()
        await route.fulfill(body=body, content_type="text/javascript; charset=utf-8", headers=headers)

    await context.route(re.compile(r"/(collect|collector-[0-9a-f]{16})\.js$"), fulfil)


async def eventually_events(stack: Stack, probe: Probe, names: set[str]) -> list[dict[str, Any]]:
    """The stored events of the page, as soon as those with these names are among them."""
    found: list[dict[str, Any]] = []

    async def missing() -> str | None:
        found[:] = await asyncio.to_thread(stored_events, stack, probe.stream)
        told = {event["data"]["name"] for event in found if event["kind"] == "track"}
        return f"not stored: {names - told}" if names - told else None

    await eventually(missing, 20)
    return found


def stored_events(stack: Stack, stream: str) -> list[dict[str, Any]]:
    for recording in stack.get("recordings")["items"]:
        lines = stack.api("GET", f"recordings/{recording['id']}/events").raise_for_status().text.splitlines()
        if events := [event for event in map(json.loads, lines) if event["stream"] == stream]:
            return events
    return []


def why_not_over(probe: Probe, link: str) -> str | None:
    return None if probe.link == link else f"the last frame went over {probe.link}, not {link}"


def core_of(version: str) -> str:
    (name,) = set(re.findall(r"collector-[0-9a-f]{16}\.js", (KEPT / version / "collect.js").read_text()))
    return str(name)
