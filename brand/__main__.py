"""Add a client: try its key, say what a run will read and for how long, write the entry."""

from __future__ import annotations

import argparse
import getpass
import json
import logging
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from singer_sdk.exceptions import ConfigValidationError

from brand.entries import EntriesError, Entry, present, write
from brand.first_run import paces
from check import keys, settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_klaviyo.run.key_check import KeyCheck
    from tap_klaviyo.tap import TapKlaviyo


class RefusedError(Exception):
    """The client cannot be added; says why and what to do."""


def main(arguments: list[str]) -> int:
    """Add a client; 1 if nothing was written."""
    parser = argparse.ArgumentParser("python -m brand", description=__doc__)
    parser.add_argument(
        "--client", help="the agency's own short, unique name; asked for by default"
    )
    parser.add_argument(
        "--key-file", help="a file with the private key, - for standard input; asked for by default"
    )
    parser.add_argument("--yes", action="store_true", help="write the entry without asking")
    parser.add_argument("--env-file", type=Path, default=settings.ROOT / ".env")
    chosen = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # what the tap would say is printed below
    try:
        written = _add(chosen)
    except (RefusedError, EntriesError, OSError, EOFError) as error:
        sys.stderr.write(f"{error}\n" if str(error) else "")
        written = None
    if written is None:
        sys.stderr.write("Nothing was written.\n")
        return 1
    sys.stdout.write(f"Added to {written}. The next run reads the account: make run\n")
    return 0


def _add(chosen: argparse.Namespace) -> Path | None:
    """Try the key and write the entry; None if the user decides against it."""
    env = settings.read(chosen.env_file)
    entries = present(env)
    entry = Entry(client=chosen.client or _ask("Client: "), api_key=_key(chosen.key_file))
    for line in _try(env, entries, entry):
        sys.stdout.write(f"{line}\n")
    if chosen.yes or _ask("Add it? [y/N] ").lower() in ("y", "yes"):
        return write([*entries, entry], chosen.env_file, env)
    return None


def _ask(question: str) -> str:
    return input(question).strip()


def _key(file: str | None) -> str:
    """Never an argument: a key would stay in the shell's history and the list of processes."""
    if file is None:
        return getpass.getpass("Private API key (not shown): ").strip()
    return (sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")).strip()


def _try(env: Mapping[str, str], entries: list[Entry], entry: Entry) -> list[str]:
    """What the key can read, and how long the first run takes.

    Raises:
        RefusedError: The name or the key cannot be used.
    """
    tap = _tap(env, [*entries, entry])
    (tried,) = keys.trials(_tap(env, [entry]), settings.selected_streams(), keys.SECONDS)
    if tried.refused:
        message = f"{entry['client']}: {tried.refused}"
        raise RefusedError(message)
    if entries:
        _refuse_second(tried, keys.trials(_tap(env, entries), (), keys.SECONDS))
    return [*_findings(tried, entry["api_key"]), *_duration(tap, tried)]


def _tap(env: Mapping[str, str], entries: list[Entry]) -> TapKlaviyo:
    try:
        return settings.tap({**env, "TAP_KLAVIYO_ACCOUNTS": json.dumps(entries)}, keys.LONGEST_WAIT)
    except ConfigValidationError as error:
        raise RefusedError("\n".join(error.errors or [str(error)])) from None


def _refuse_second(tried: KeyCheck, others: list[KeyCheck]) -> None:
    account = tried.resource and tried.resource["id"]
    for other in others:
        if other.resource and other.resource["id"] == account:
            message = f"The key belongs to account {account}, which {other.client} already has."
            raise RefusedError(message)


def _findings(tried: KeyCheck, key: str) -> Iterator[str]:
    for finding in keys.check([tried], quick=False):
        yield finding.without([key]).line


def _duration(tap: TapKlaviyo, tried: KeyCheck) -> Iterator[str]:
    days = (datetime.now(timezone.utc) - tap.start_date).days + 1
    found = paces(tried, tap.config, days, settings.selected_streams())
    slowest = f"about {found[0].minutes} min" if found else "a minute"
    yield (
        f"The first run reads {days} days from {tap.start_date:%Y-%m-%d} on. By the account's "
        f"limits it takes {slowest}, longer with more than a million events a year:"
    )
    for pace in found:
        yield f"  {pace.stream}: {pace.requests:,} requests, {pace.per_minute:,} per minute"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
