"""From a change of the page to the live viewer's screen, through the agent, beside a bare DataChannel's round trip.

Two Chromium processes, the visitor's and the member's, on one machine, so that one wall clock serves both
(`performance.timeOrigin + performance.now()`; how far the two disagree is measured against `Date.now()` and taken out).
The visitor's page is the demo shop's first; it changes a text at irregular times. In between it sends as many bytes
round over two bare DataChannels: to an aiortc that only echoes, and to a second peer connection in the same browser.

capture → sent      until the collector gave the frame to its channel: it flushes on each animation frame
sent → received     through the agent, to the viewer's channel
received → applied  decoded, handed to the stage, rebuilt
applied → painted   until the stage's next animation frame has been painted
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from playwright.sync_api import Frame, Page, Playwright, expect, sync_playwright

from tests.bench.figures import summary
from tests.bench.report import Result, Table, ms
from tests.e2e.browser import run_browser
from tests.e2e.member import Member, Player, recording_of
from tests.eventually import eventually_sync
from tests.support.processes import ROOT
from tests.support.stack import Stack

HERE: Final = Path(__file__).parent
ROUNDS: Final = 2
CHANGES: Final = 60
GAP_MS: Final = (60, 180)
BYTES: Final = 320
"""Of a bare message: about a frame with one change."""
AWAKE: Final = ("--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows")
"""With `--disable-renderer-backgrounding`, which `run_browser` gives: both windows paint as if in front."""
FRAME_MS: Final = 1000 / 60
STEPS: Final = ("capture → sent", "sent → received", "received → applied", "applied → painted")

DRIFT: Final = """() => {
  const found = []
  for (let i = 0; i < 15; i++) {
    const before = Date.now()
    let now
    while ((now = Date.now()) === before);
    found.push(performance.timeOrigin + performance.now() - now)
  }
  return found.sort((a, b) => a - b)[7]
}"""
"""How far `performance` is ahead of the wall clock, ms."""
FRAME_LENGTH: Final = """() => new Promise((done) => {
  const times = []
  const frame = (time) => {
    times.push(time)
    if (times.length < 61) requestAnimationFrame(frame)
    else done((times[60] - times[0]) / 60)
  }
  requestAnimationFrame(frame)
})"""
"""What an animation frame takes here, ms."""

type Times = dict[str, float]


def run() -> Result:
    with sync_playwright() as playwright:
        return {
            "embedded": _measure(playwright, "embedded"),
            "production": _measure(playwright, "production"),
        }


def _measure(playwright: Playwright, mode: str) -> Result:
    with ExitStack() as exits:
        folder = Path(exits.enter_context(TemporaryDirectory(prefix="sightline-bench-")))
        start = Stack.embedded if mode == "embedded" else Stack.production
        stack = exits.enter_context(start(folder / "stack"))
        visitors = exits.enter_context(run_browser(playwright, folder / "visitor", *AWAKE))
        members = exits.enter_context(run_browser(playwright, folder / "member", *AWAKE))
        page = _visit(visitors.contexts[0].pages[0], stack)
        exits.enter_context(_bare_channels(page))
        player = _watch(Member(members.contexts[0], stack), page)
        return _rounds(page, player)


def _visit(page: Page, stack: Stack) -> Page:
    page.context.add_init_script(path=HERE / "latency-page.js")
    page.goto(stack.demo_site)
    expect(page.locator(".card")).to_have_count(20)
    return page


def _watch(member: Member, page: Page) -> Player:
    member.context.add_init_script(path=HERE / "latency-member.js")
    member.log_in()
    player = Player(member, recording_of(page, member.stack))
    expect(player.element).to_have_attribute("data-link", "rtc", timeout=20_000)
    eventually_sync(lambda: None if player.dump() else "the stage shows nothing yet", 20)
    player.stage.evaluate((HERE / "latency-stage.js").read_text())
    return player


@contextmanager
def _bare_channels(page: Page) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.echo"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as echo:
        assert echo.stdin is not None
        assert echo.stdout is not None
        print(json.dumps(page.evaluate("() => bench.offer()")), file=echo.stdin, flush=True)
        page.evaluate("(answer) => bench.answer(answer)", json.loads(echo.stdout.readline()))
        page.evaluate("() => bench.pair()")
        yield


def _rounds(page: Page, player: Player) -> Result:
    found: list[dict[str, Any]] = []
    for n in range(ROUNDS + 1):
        played = _round(page, player, first=1 + n * CHANGES)
        print(f"  round {n}{'' if n else ' (not counted)'}: {len(played['total'])} of {CHANGES} changes", flush=True)
        found.append(played)
    rounds = found[1:]
    return {
        "total": summary([one["total"] for one in rounds]),
        "steps": {step: summary([one[step] for one in rounds]) for step in STEPS},
        "python": summary([one["python"] for one in rounds]),
        "browser": summary([one["browser"] for one in rounds]),
        "missed": sum(one["missed"] for one in rounds),
        "page_frame_ms": page.evaluate(FRAME_LENGTH),
        "stage_frame_ms": player.stage.evaluate(FRAME_LENGTH),
        "clocks_apart_ms": max(abs(one["apart"]) for one in rounds),
    }


def _round(page: Page, player: Player, *, first: int) -> dict[str, Any]:
    plan = {"first": first, "changes": CHANGES, "least": GAP_MS[0], "most": GAP_MS[1], "bytes": BYTES}
    played = page.evaluate("(plan) => bench.play(plan)", plan)
    page_drift, member_drift, stage_drift = (_drift(where) for where in (page, player.page, player.stage))
    shown = player.stage.evaluate("() => ({ applied: bench.applied, painted: bench.painted })")
    received = player.page.evaluate("() => benchReceived")
    times = {
        "made": _on_wall(played["made"], page_drift),
        "sent": _on_wall(played["sent"], page_drift),
        "received": _on_wall(received, member_drift),
        "applied": _on_wall(shown["applied"], stage_drift),
        "painted": _on_wall(shown["painted"], stage_drift),
    }
    whole = [n for n in times["made"] if all(n in known for known in times.values())]
    order = list(times)
    steps = {
        step: [times[later][n] - times[earlier][n] for n in whole]
        for step, earlier, later in zip(STEPS, order[:-1], order[1:], strict=True)
    }
    return {
        **steps,
        "total": [times["painted"][n] - times["made"][n] for n in whole],
        "missed": len(times["made"]) - len(whole),
        "python": played["python"],
        "browser": played["browser"],
        "apart": page_drift - stage_drift,
    }


def _drift(where: Page | Frame) -> float:
    return float(where.evaluate(DRIFT))


def _on_wall(times: Times, drift: float) -> Times:
    return {n: time - drift for n, time in times.items()}


def tables(result: Result) -> list[Table]:
    return [_table(mode, result[mode]) for mode in result]


def _table(mode: str, measured: Result) -> Table:
    total, python = measured["total"], measured["python"]
    rows = [
        ["**change → painted in the viewer**", *_cells(total)],
        *([f"… {step}", *_cells(figures)] for step, figures in measured["steps"].items()),
        ["bare round trip, Chromium → aiortc → Chromium", *_cells(python)],
        ["bare round trip, within one Chromium", *_cells(measured["browser"])],
    ]
    behind = total["p50"] - python["p50"]
    goal = 2 * FRAME_MS
    notes = [
        f"p50 lies {behind:.1f} ms behind the bare round trip through aiortc "
        f"(goal: two animation frames, {goal:.1f} ms: {'reached' if behind <= goal else 'not reached'}).",
        f"{int(total['n'])} changes in {ROUNDS} rounds, {measured['missed']} not seen in all five places. "
        f"An animation frame took {measured['page_frame_ms']:.1f} ms in the page and "
        f"{measured['stage_frame_ms']:.1f} ms in the stage; the browsers' clocks were at most "
        f"{measured['clocks_apart_ms']:.1f} ms apart, which is taken out.",
    ]
    return Table([f"{mode}, ms", "p50", "p95", "p99", "p50 of the rounds"], rows, notes)


def _cells(figures: dict[str, float]) -> list[str]:
    spread = f"{ms(figures['p50_low'])} to {ms(figures['p50_high'])}"
    return [ms(figures["p50"]), ms(figures["p95"]), ms(figures["p99"]), spread]
