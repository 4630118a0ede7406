"""A member at the dashboard: logs in, opens a recording, watches or replays it."""

import json
import re
from typing import Any, Final

from playwright.sync_api import BrowserContext, Frame, Page, expect

from tests.e2e.dump import Dump, dump_replay
from tests.eventually import eventually_sync
from tests.support.stack import Stack

REPLAY: Final = "iframe[name=replay]"
"""The sandboxed frame on the stage in which the page is rebuilt."""


class Member:
    """One member in a browser context of their own. `faults` holds what the console said that should not be there."""

    def __init__(self, context: BrowserContext, stack: Stack) -> None:
        self.stack = stack
        self.context = context
        self.page = context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda said: self._note(said.type, said.text))
        self.page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))

    def log_in(self) -> None:
        demo = self.stack.demo
        self.page.goto(self.stack.url)
        self.page.fill("[name=login]", demo["email"])
        self.page.fill("[name=password]", demo["password"])
        self.page.click("[type=submit]")
        expect(self.page).to_have_url(re.compile(f"^{re.escape(self.stack.url)}/(?:$|\\?)"))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.faults.append(f"{kind}: {text}")


class Player:
    """The player's page of one recording."""

    def __init__(self, member: Member, recording: str, query: str = "") -> None:
        self.member = member
        self.recording = recording
        self.page = member.page
        self.page.goto(f"{member.stack.url}/sessions/{recording}{query}")
        self.element = self.page.locator("sl-player")
        expect(self.element).to_have_attribute("data-phase", "ready", timeout=15_000)

    @property
    def stage(self) -> Frame:
        found = [frame for frame in self.page.frames if frame.url.endswith("/stage/")]
        assert len(found) == 1, f"stages: {[frame.url for frame in self.page.frames]}"
        return found[0]

    def call(self, method: str, *arguments: object) -> Any:
        return self.element.evaluate("(player, [method, given]) => player[method](...given)", [method, list(arguments)])

    def seek(self, ms: float) -> None:
        """Paused, and shown."""
        self.call("pause")
        self.call("seek", ms)
        self.call("settled")

    def follow(self, page: Page) -> None:
        """Look at the tab of this page of the visitor."""
        key = f"sightline.{self.member.stack.demo['key']}.tab"
        self._choose_tab(json.loads(page.evaluate("(key) => sessionStorage.getItem(key)", key))["id"])

    def choose_tab_of(self, stream: str) -> None:
        self._choose_tab(next(entry["tab"] for entry in self._streams() if entry["id"] == stream))

    def _choose_tab(self, tab: str) -> None:
        """By the player's buttons, which it has where there are several tabs: the one in front, then each."""
        tabs = list(dict.fromkeys(entry["tab"] for entry in self._streams()))
        buttons = self.page.locator("sl-player .tabs .tab")
        if len(tabs) > 1:
            expect(buttons).to_have_count(len(tabs) + 1)
            buttons.nth(1 + tabs.index(tab)).click()

    def _streams(self) -> list[dict[str, Any]]:
        streams: list[dict[str, Any]] = self.member.stack.get(f"recordings/{self.recording}/playlist")["streams"]
        return streams

    def dump(self) -> Dump | None:
        return dump_replay(self.stage, REPLAY)


def recording_of(page: Page, stack: Stack) -> str:
    """The id of the recording that this page of a visitor belongs to, by the snippet's own word."""

    def told() -> str:
        return str(page.evaluate("() => window.sightline?.getSessionURL?.() ?? ''"))

    eventually_sync(lambda: None if told() else "the snippet knows no recording yet")
    return told().rstrip("/").split("/")[-1].split("?")[0]
