"""A shard of the daily run: tap and loader for a part of the brands. dbt follows once, for all."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from tap_klaviyo.config.shards import Shard

from check.settings import clients
from daily import system_folder
from daily.meltano import run
from daily.outcome import nothing_could_be_read, read_of, rows_of
from state.bookmarks import StateError
from state.division import settle
from state.store import Store, suffix

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOTHING_READ = 3
"""Exit status: no brand of this shard could be read. Others may have been: build all the same."""


def extract(file: Path, env: Mapping[str, str]) -> int:
    """Read the brands of a shard and load them; the exit status."""
    shard, brands = Shard.parse(env["TAP_KLAVIYO_SHARD"]), clients(env)
    if not brands:
        _say(f"Shard {shard} has none of the brands: nothing to read.")
        return 0
    try:
        arguments = _prepare(shard, env)
    except (StateError, SQLAlchemyError) as error:
        _say(f"Nothing was started. {' '.join(str(error).split())}")
        return 1
    began = datetime.now(timezone.utc).replace(microsecond=0)
    folder = {
        "MELTANO_SYS_DIR_ROOT": str(system_folder.of_shard(shard.number)),
        "MELTANO_AUTO_INSTALL": "false",
    }
    status = run(file, folder, *arguments, "tap-klaviyo", "target-postgres")
    if status and _found_nothing(env, began):
        status = NOTHING_READ
    _say("", f"Shard {shard} {'succeeded' if status == 0 else 'did not succeed'}.",
         *read_of(env, began))  # fmt: skip
    return status


def rejoin(env: Mapping[str, str]) -> bool:
    """Give an undivided run the bookmarks that shards have; whether it may start."""
    store = Store(env)
    try:
        with store.locked() as session:
            moved = settle(store, session, None)
    except (StateError, SQLAlchemyError) as error:
        _say(f"Nothing was started. {' '.join(str(error).split())}")
        return False
    if moved:
        _say(f"Moved the bookmarks of {len(moved)} clients from shards to one state.")
    return True


def _prepare(shard: Shard, env: Mapping[str, str]) -> list[str]:
    """Give the shard its state; what to say to Meltano.

    Raises:
        StateError: The shard cannot run now; the message says why.
    """
    store = Store(env)
    if not store.is_shared:
        msg = "Shards keep their state in Postgres: set MELTANO_DATABASE_URI (docs/operations.md)."
        raise StateError(msg)
    everyone = clients({name: value for name, value in env.items() if name != "TAP_KLAVIYO_SHARD"})
    with store.locked() as session:
        moved = settle(store, session, shard.count, everyone)
    if moved:
        _say(f"Moved the bookmarks of {len(moved)} brands to the states of {shard.count} shards.")
    own = [store.id_of(shard.number)]
    if store.alive(own):
        msg = f"Shard {shard.number} is running already."
        raise StateError(msg)
    # Meltano would refuse for five minutes to follow a run that was killed.
    killed = ["--force"] if store.unfinished(own) else []
    return ["run", *killed, f"--state-id-suffix={suffix(shard.number)}"]


def _found_nothing(env: Mapping[str, str], began: datetime) -> bool:
    try:
        return nothing_could_be_read(rows_of(env, began), clients(env))
    except psycopg.Error:
        return False


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
