"""What every bench shares: where results go, facts about the machine, tables for the terminal and for the docs."""

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tests.support.processes import ROOT

RESULTS: Final = ROOT / "var/bench"
PAGE: Final = ROOT / "docs/benchmarks.md"

type Result = dict[str, Any]
"""What a bench measured: plain JSON."""


@dataclass(frozen=True, slots=True)
class Table:
    header: Sequence[str]
    rows: Iterable[Sequence[object]]
    notes: Sequence[str] = field(default=())

    def markdown(self) -> str:
        """Padded, so that it reads well in a terminal too."""
        lines = [list(map(str, self.header)), *(list(map(str, row)) for row in self.rows)]
        widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
        padded = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
        padded.insert(1, " | ".join("-" * width for width in widths))
        notes = [f"\n{note}" for note in self.notes]
        return "\n".join([*(f"| {line} |" for line in padded), *notes])


def machine() -> dict[str, str]:
    """When and on what this runs."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": f"{os.cpu_count()} cores of {_cpu_model()}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "aiortc": version("aiortc"),
        "chromium": _said("chromium", "--version").removeprefix("Chromium ").split(" ")[0],
        "node": _said("node", "--version"),
        "commit": _said("git", "rev-parse", "--short", "HEAD"),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def save(name: str, result: Result, facts: dict[str, str]) -> None:
    """`load` is the machine's load average before and after: above the number of cores, others were at work too."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    facts = {**facts, "load": f"{facts['load']} before, {os.getloadavg()[0]:.1f} after"}
    (RESULTS / f"{name}.json").write_text(json.dumps({"machine": facts, "result": result}, indent=2) + "\n")


def saved(name: str) -> dict[str, Any] | None:
    """`{"machine", "result"}` of the last run, None without one."""
    path = RESULTS / f"{name}.json"
    if not path.exists():
        return None
    known: dict[str, Any] = json.loads(path.read_text())
    return known


def write_section(name: str, text: str) -> None:
    """Put `text` between the marks `<!-- name -->` and `<!-- /name -->` of the page."""
    page = PAGE.read_text()
    pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
    assert re.search(pattern, page, re.DOTALL), f"{PAGE.name} has no marks for {name}"
    PAGE.write_text(re.sub(pattern, lambda found: f"{found[1]}\n{text}\n\n{found[2]}", page, flags=re.DOTALL))


def facts_line(facts: dict[str, str]) -> str:
    said = ", ".join(f"{key} {value}" for key, value in facts.items() if key not in ("date", "cpu", "system"))
    return f"Measured {facts['date']} on {facts['cpu']}, {facts['system']}; {said}."


def ms(value: float) -> str:
    return f"{value:.1f}"


def _cpu_model() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "?"
