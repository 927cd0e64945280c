"""`python -m check` tries everything; `--quick` what takes seconds, in one line a problem."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from check import database, keys, machine, settings
from check.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

QUICK_SECONDS = 20  # for all keys together
COLOURS = {Verdict.GOOD: "green", Verdict.LACKING: "yellow", Verdict.FATAL: "red"}


def findings(env: Mapping[str, str], *, quick: bool) -> Iterator[Finding]:
    """Check one thing after the other, and all keys concurrently; stop at a wrong setting."""
    wrong = list(settings.check(env))
    yield from wrong
    if not quick:
        yield from machine.check(settings.ROOT)
    reached = list(database.check(env, quick=quick)) if not _lacks(wrong, "PG") else []
    yield from reached
    if _lacks(wrong, "TAP_"):
        return
    tap = settings.tap(env, keys.LONGEST_WAIT)
    selected = set() if quick else settings.selected_streams()
    tried = keys.trials(tap, selected, QUICK_SECONDS if quick else keys.SECONDS)
    yield from keys.check(tried, quick=quick, is_part=tap.shard is not None)
    if not quick:
        yield from keys.limits(tried)
        if reached and reached[0].verdict is Verdict.GOOD:
            yield from database.zones(env, keys.zones(tried))


def _lacks(wrong: list[Finding], prefix: str) -> bool:
    """Whether settings of a kind are missing or wrong: what they lead to cannot be tried."""
    return any(one.subject.startswith(prefix) for one in wrong)


def main(arguments: list[str]) -> int:
    """Check and say what was found; 1 if a run would fail."""
    parser = argparse.ArgumentParser("python -m check", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="settings, Postgres, whose keys")
    parser.add_argument("--env-file", type=Path, default=settings.ROOT / ".env")
    chosen = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # what the tap would say is in the findings
    env = settings.read(chosen.env_file)
    began = time.monotonic()
    hidden = settings.secrets(env)
    found = [one.without(hidden) for one in findings(env, quick=chosen.quick)]
    is_fatal = any(one.verdict is Verdict.FATAL for one in found)
    say = _say_briefly if chosen.quick else _say
    say(found, time.monotonic() - began)
    return int(is_fatal)


def _say(found: list[Finding], seconds: float) -> None:
    console = Console()
    table = Table(title="What a run will meet", title_justify="left")
    for column in ("", "tried", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for one in found:
        verdict = Text(one.verdict.value, style=COLOURS[one.verdict])
        table.add_row(verdict, Text(one.subject), Text(one.text), Text(one.advice))
    console.print(table)
    counts = Counter(one.verdict for one in found)
    if counts[Verdict.FATAL]:
        end = "A run would fail. Mend what is marked `problem` first, then say `make check` again."
    elif counts[Verdict.LACKING]:
        end = "A run would end well, without what is marked `attention`. To start it: make run"
    else:
        end = f"Everything is ready (checked in {seconds:.0f} s). To start a run: make run"
    console.print(end, markup=False, highlight=False, soft_wrap=True)


def _say_briefly(found: list[Finding], seconds: float) -> None:
    trouble = [one for one in found if one.verdict is not Verdict.GOOD]
    lines = [one.line for one in trouble]
    if any(one.verdict is Verdict.FATAL for one in found):
        lines.append("Nothing was started. All of it, as a table: make check")
    else:
        keyed = [one.verdict for one in found if one.subject.startswith("key of")]
        works = f"{keyed.count(Verdict.GOOD)} of {len(keyed)} keys work"
        lines.append(f"Checked in {seconds:.1f} s: Postgres answers, {works}.")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()  # Meltano writes next, into the same log


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
