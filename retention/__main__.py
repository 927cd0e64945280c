"""`python -m retention --months 13` deletes older raw events; every number stays."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import psycopg

from check.database import connect
from check.settings import ROOT, read
from retention.events import LEAST_MONTHS, Account, RefusedError, accounts, delete


def main(arguments: list[str]) -> int:
    """Delete, one account after another; 1 if one was refused."""
    chosen = _arguments(arguments)
    env = read(chosen.env_file)
    schema = env.get("DBT_SCHEMA", "analytics")
    try:
        with connect(env, read_only=False) as session:
            found = accounts(session, schema)
            done = [_delete(session, schema, account, chosen.months) for account in found]
    except (RefusedError, psycopg.Error) as error:
        sys.stderr.write(f"{' '.join(str(error).split())}\n")
        return 1
    return 0 if all(done) else 1


def _delete(session: psycopg.Connection[Any], schema: str, account: Account, months: int) -> bool:
    try:
        done = delete(session, schema, account, months)
    except RefusedError as error:
        sys.stderr.write(f"{account.client}: nothing was deleted. {error}\n")
        return False
    sys.stdout.write(f"{account.client}: {done}\n")
    return True


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m retention", description=__doc__)
    parser.add_argument("--env-file", type=Path, default=ROOT / ".env")
    parser.add_argument(
        "--months",
        type=int,
        required=True,
        help=f"whole months of events to keep before the present one, at least {LEAST_MONTHS}",
    )
    chosen = parser.parse_args(arguments)
    if chosen.months < LEAST_MONTHS:
        parser.error(f"keep at least {LEAST_MONTHS} months: runs re-read up to 35 days")
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
