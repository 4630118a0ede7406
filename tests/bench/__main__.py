"""Runs benches: `python -m tests.bench [NAME …] [--docs]`.

Each prints a table and leaves its figures in var/bench/NAME.json; `--docs` also writes them into docs/benchmarks.md, of
the benches that ran, or with `--docs-only` from what is there without running anything.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Final, NamedTuple

from tests.bench import latency, sizes, throughput
from tests.bench.report import Result, Table, facts_line, machine, save, saved, write_section


class Bench(NamedTuple):
    title: str
    run: Callable[[], Result]
    tables: Callable[[Result], list[Table]]


BENCHES: Final = {
    "sizes": Bench("What a visited page loads", sizes.run, sizes.tables),
    "latency": Bench("From a change of the page to the live viewer's screen", latency.run, latency.tables),
    "throughput": Bench("What one agent takes on one core", throughput.run, throughput.tables),
}


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.bench", description="Measure; nothing is asserted.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)}; all by default")
    parser.add_argument("--docs", action="store_true", help="write the figures into docs/benchmarks.md")
    parser.add_argument("--docs-only", action="store_true", help="the same with the last figures, running nothing")
    asked = parser.parse_args()
    names = asked.names or list(BENCHES)
    if unknown := set(names) - set(BENCHES):
        parser.error(f"no bench {', '.join(sorted(unknown))}")
    for name in names:
        if not asked.docs_only:
            facts = machine()
            print(f"\n{BENCHES[name].title}", flush=True)
            save(name, BENCHES[name].run(), facts)
        show(name, into_docs=asked.docs or asked.docs_only)
    return 0


def show(name: str, *, into_docs: bool) -> None:
    known = saved(name)
    if known is None:
        print(f"{name}: never run here")
        return
    tables = "\n\n".join(table.markdown() for table in BENCHES[name].tables(known["result"]))
    print(f"\n{tables}\n\n{facts_line(known['machine'])}", flush=True)
    if into_docs:
        write_section(name, f"{tables}\n\n{facts_line(known['machine'])}")


if __name__ == "__main__":
    sys.exit(main())
