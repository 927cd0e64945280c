"""`python -m state` shows what was read up to when, divides it among shards, or moves it back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from tap_klaviyo.config.shards import LARGEST
from tap_klaviyo.times import parse, to_z

from check.settings import ROOT, clients, read
from state.bookmarks import VALUE, StateError, clients_of, partitions_of
from state.division import reread, settle
from state.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session


def main(arguments: list[str]) -> int:
    """Do one thing to the states of an environment; 1 if it cannot be done."""
    chosen = _arguments(arguments)
    env = read(chosen.env_file)
    store = Store(env)
    try:
        with store.locked() as session:
            lines = list(_do(store, session, chosen, env))
    except (StateError, SQLAlchemyError) as error:
        sys.stderr.write(f"Nothing was changed. {' '.join(str(error).split())}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m state", description=__doc__)
    parser.add_argument("--env-file", type=Path, default=ROOT / ".env")
    ways = parser.add_subparsers(dest="way", required=True)
    ways.add_parser("show", help="the bookmark of each client and stream")
    ways.add_parser("join", help="one state for all clients, as before shards")
    shards = ways.add_parser("divide", help="one state for each shard")
    shards.add_argument("count", type=int, help="number of shards", choices=range(1, LARGEST + 1),
                        metavar="COUNT")  # fmt: skip
    again = ways.add_parser("reread", help="let the next run re-read a client")
    again.add_argument("client")
    again.add_argument("--stream", action="append", default=[], help="only this one; repeatable")
    again.add_argument("--since", type=_since, help="a date or a time in UTC; otherwise everything")
    return parser.parse_args(arguments)


def _since(text: str) -> str:
    return to_z(parse(text))


def _do(
    store: Store, session: Session, chosen: argparse.Namespace, env: Mapping[str, str]
) -> Iterator[str]:
    if chosen.way == "show":
        yield from _show(store, session)
    elif chosen.way == "reread":
        changed = reread(store, session, chosen.client, chosen.stream, chosen.since)
        what = ", ".join(chosen.stream) or "every stream"
        begin = chosen.since or "the start date"
        yield f"The next run reads {what} of {chosen.client} from {begin} ({', '.join(changed)})."
    else:
        count = chosen.count if chosen.way == "divide" else None
        moved = settle(store, session, count, clients(env))
        yield f"Moved the bookmarks of {len(moved)} clients." if moved else "Nothing to move."


def _show(store: Store, session: Session) -> Iterator[str]:
    for key, state in store.states(session).items():
        names = {account: client for client, account in clients_of(state).items()}
        for stream, partition in partitions_of(state):
            account = partition["context"]["account_id"]
            yield f"{key}  {names.get(account, account)}  {stream}  {partition.get(VALUE)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
