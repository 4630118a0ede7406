"""Bytes of the snippet as they travel. scripts/sizes.mjs holds the budget and fails above it; `make check` runs it."""

import json
import subprocess

from tests.bench.report import Result, Table
from tests.support.processes import ROOT

GOALS = {"loader": 2 * 1024, "snippet": 35 * 1024}


def run() -> Result:
    said = subprocess.run(["node", "scripts/sizes.mjs"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    sizes: Result = json.loads(said.stdout)
    return sizes


def tables(result: Result) -> list[Table]:
    names = {"loader": "loader (`collect.js`)", "snippet": "all (loader and collector)"}
    rows = [
        [title, *(f"{result[name][form]:,}" for form in ("raw", "gzip", "brotli")), f"{GOALS[name]:,}"]
        for name, title in names.items()
    ]
    return [Table(["bytes", "as it is", "gzip", "brotli", "gzip, at most"], rows)]
