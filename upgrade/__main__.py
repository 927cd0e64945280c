"""`python -m upgrade` brings a database to this version: load, then rebuild what has changed."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from check.database import connect
from check.settings import ROOT, read
from daily import system_folder
from daily.meltano import run
from daily.preparation import begin, has_one_state
from upgrade.fingerprints import Models, store, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Dbt = Callable[..., int]

BUILD = ("build", "--exclude-resource-type", "unit_test")


def main(arguments: list[str]) -> int:
    """Check, load, rebuild, build; the status of the first step that fails."""
    parser = argparse.ArgumentParser("python -m upgrade", description=__doc__)
    parser.add_argument("--env-file", type=Path, default=ROOT / ".env")
    parser.add_argument(
        "--build", action="store_true", help="do not load: the shards of a run have done it"
    )
    chosen = parser.parse_args(arguments)
    if status := begin(chosen.env_file):
        return status
    system_folder.prepare()
    env = read(chosen.env_file)
    if not chosen.build and (status := _load(chosen.env_file, env)):
        return status
    with tempfile.TemporaryDirectory() as folder:
        changes = {"DBT_TARGET_PATH": folder}

        def dbt(*words: str) -> int:
            return run(chosen.env_file, changes, "invoke", "dbt", *words)

        return rebuild(env, dbt, Path(folder))


def _load(file: Path, env: Mapping[str, str]) -> int:
    """Load first, since raw tables may get columns that the models read."""
    if not has_one_state(env):
        return 1
    return run(file, {}, "run", "tap-klaviyo", "target-postgres")


def rebuild(env: Mapping[str, str], dbt: Dbt, folder: Path) -> int:
    """Build the changed models from scratch, then everything, and keep the digests.

    Args:
        env: The login, as libpq's variables.
        dbt: Runs dbt with these arguments; its exit status.
        folder: Where dbt writes its manifest.

    Returns:
        0, or the status of the step that failed. The next upgrade then begins again.
    """
    if status := dbt("parse"):
        return status
    models = Models(json.loads((folder / "manifest.json").read_text()))
    digests, names = models.digests(), models.names()
    with connect(env) as session:
        known = stored(session, models.home)
    changed = sorted(names[one] for one in digests if known.get(one) != digests[one])
    sys.stdout.write(f"{len(changed)} of {len(digests)} models have changed.\n")
    if status := _build(dbt, changed, is_all=len(changed) == len(digests)):
        return status
    with connect(env, read_only=False) as session:
        for relation in store(session, models.home, digests):
            sys.stdout.write(f"No model makes {'.'.join(relation)} any more: drop it.\n")
    return 0


def _build(dbt: Dbt, changed: list[str], *, is_all: bool) -> int:
    if is_all:
        return dbt(*BUILD, "--full-refresh")
    if changed and (status := dbt(*BUILD, "--full-refresh", "--select", *changed)):
        return status
    return dbt(*BUILD)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
