"""The same with the real collector in a real Chromium: one `kill -9` of each process amid a visit to the shop."""

import asyncio
import time
from dataclasses import replace

import pytest
from playwright.async_api import Page

from tests.eventually import eventually
from tests.faults.checker import check_stored, promise
from tests.faults.faults import GOES_ON_SECONDS, kill_now, revive
from tests.faults.journal import Journal
from tests.faults.plan import Target
from tests.faults.probe import Probe
from tests.faults.stored import stored_stream
from tests.support.chromium import open_chromium
from tests.support.stack import Stack

pytestmark = [pytest.mark.services, pytest.mark.e2e, pytest.mark.timeout(600)]

NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
BUSY = """() => setInterval(() => {
  document.querySelector('#list-title, h1').dataset.beat = String(performance.now())
}, 50)"""
"""Something changes all the time."""


async def test_kills_amid_a_visit_over_rtc(stack: Stack, journal: Journal) -> None:
    async with open_chromium() as browser:
        context = await browser.new_context()
        probe = await Probe.into(context)
        page = await shop(await context.new_page(), stack)
        await eventually(lambda: not_over(probe, "rtc"), 30)
        for target in ("worker", "web", "agent"):
            pause, _ = await suffer(target, stack, journal, probe, page)
            assert pause < GOES_ON_SECONDS, f"{pause:.1f} s after the {target} was killed"
            await eventually(lambda: not_over(probe, "rtc"), 90)
        await assert_kept(stack, probe, page)
        await context.close()


async def test_the_web_process_dies_while_it_carries_the_frames(stack: Stack, journal: Journal) -> None:
    async with open_chromium(NO_UDP) as browser:
        context = await browser.new_context()
        probe = await Probe.into(context)
        page = await shop(await context.new_page(), stack)
        await eventually(lambda: not_over(probe, "relay"), 30)
        pause, down = await suffer("web", stack, journal, probe, page)
        assert pause - down < GOES_ON_SECONDS, f"{pause - down:.1f} s after the web process was back"
        await assert_kept(stack, probe, page)
        await context.close()


async def shop(page: Page, stack: Stack) -> Page:
    await page.goto(stack.demo_site)
    await page.wait_for_selector(".card")
    await page.evaluate(BUSY)
    return page


async def suffer(target: Target, stack: Stack, journal: Journal, probe: Probe, page: Page) -> tuple[float, float]:
    """Kills amid frames. Answers the seconds until the recording went on, and until the process served again."""
    await page.click("#nav-plants")
    await page.mouse.move(300, 300)
    await eventually(lambda: None if probe.unacked else "nothing is under way")
    kill_now(stack.processes[target])
    died = journal.write("kill", process=target, seed=0, unacked={"page": probe.unacked}).t
    reviving = asyncio.create_task(revive(stack, target, journal))
    try:
        await eventually(lambda: f"nothing acked since the {target} died" if probe.pause(died) is None else None, 60)
    finally:
        await reviving
    back = next(journal.of("back", since=died)).t
    pause = probe.pause(died) or 0.0
    print(f"{target}: went on after {pause:.2f} s; it was back after {back - died:.2f} s")
    return pause, back - died


async def assert_kept(stack: Stack, probe: Probe, page: Page) -> None:
    """What the page's collector believes acked is stored, byte for byte, once and in order."""
    settled = time.monotonic()
    await eventually(lambda: None if (probe.pause(settled) is not None) else "nothing more was acked", 20)
    await eventually(lambda: None if acked_of(probe) > 10 else f"only {acked_of(probe)} frames were acked", 20)
    acked = acked_of(probe)
    stored = await asyncio.to_thread(stored_stream, stack, probe.stream)
    # The page goes on: by now it has sent all that was stored a moment ago, and more was acked since.
    promised = replace(promise(probe.entries(), probe.stream), acked=acked)
    assert check_stored(promised, stored.batches) == []
    assert stored.gaps == 0


def acked_of(probe: Probe) -> int:
    return promise(probe.entries(), probe.stream).acked


def not_over(probe: Probe, link: str) -> str | None:
    return None if probe.link == link else f"the last frame went over {probe.link}, not {link}"
