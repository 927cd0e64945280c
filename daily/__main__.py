"""`python -m daily` runs the job `daily`; what would make it fail is said before it begins."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

from check.settings import ROOT, read
from daily import system_folder
from daily.meltano import run
from daily.outcome import words
from daily.preparation import begin, has_one_state


def main(arguments: list[str]) -> int:
    """Check, run, say what it came to; the status is that of the check, or of Meltano."""
    chosen = _arguments(arguments)
    file = chosen.env_file
    if chosen.shard:
        os.environ["TAP_KLAVIYO_SHARD"] = chosen.shard
    if not chosen.build and (status := begin(file)):
        return status
    system_folder.prepare()
    if "TAP_KLAVIYO_SHARD" in (env := read(file)) and not chosen.build:
        from daily.shard import extract  # noqa: PLC0415 - imports Meltano, which takes a second

        return extract(file, env)
    if not chosen.build and not has_one_state(env):
        return 1
    began = datetime.now(timezone.utc).replace(microsecond=0)
    status = run(file, {}, "run", "dbt:build" if chosen.build else "daily")
    lines = [f"The {'build' if chosen.build else 'run'} {_ended(status)}."]
    sys.stdout.write("\n".join(["", *lines, *words(env, began), ""]))
    return status


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m daily", description=__doc__)
    parser.add_argument("--env-file", type=Path, default=ROOT / ".env")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--shard", help="read and load a part of the brands: 3/16")
    part.add_argument("--build", action="store_true", help="build the tables, after all shards")
    return parser.parse_args(arguments)


def _ended(status: int) -> str:
    return "succeeded" if status == 0 else "did not succeed"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
