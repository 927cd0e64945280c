"""The command line: serve, postgres, truth."""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import sys
import threading
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.account.story import BRANDS, DEFAULT_CLIENTS
from sandbox.account.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    asked = _parser().parse_args(arguments)
    status: int = asked.run(asked)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A mock Klaviyo with fictional brands, and an embedded Postgres.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    world = _world_options()
    _add_serve(commands, world)
    _add_truth(commands, world)
    _add_postgres(commands)
    return parser


def _world_options() -> argparse.ArgumentParser:
    world = argparse.ArgumentParser(add_help=False)
    group = world.add_argument_group("the invented world (the same values make the same world)")
    group.add_argument("--seed", type=int, default=7, help="another seed, other numbers")
    group.add_argument(
        "--until", type=_time, metavar="ISO",
        help="nothing later has happened yet, e.g. 2026-11-20T12:00Z (default: five minutes ago)",
    )  # fmt: skip
    group.add_argument(
        "--first-day", type=date.fromisoformat, metavar="DATE",
        help="first day of the season (default: the first of a month 110 to 141 days back)",
    )  # fmt: skip
    group.add_argument(
        "--clients", type=_clients, default=DEFAULT_CLIENTS, metavar="A,B",
        help=f"which brands of {', '.join(BRANDS)} (default: {','.join(DEFAULT_CLIENTS)})",
    )  # fmt: skip
    group.add_argument("--scale", type=int, default=1, help="multiplies people and events")
    return world


def _add_serve(commands: Any, world: argparse.ArgumentParser) -> None:  # noqa: ANN401
    serve = commands.add_parser(
        "serve", parents=[world], help="serve the API until Ctrl-C or SIGTERM",
        description="Serves the API; prints one line of JSON when ready: api_url, accounts, until.",
    )  # fmt: skip
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument("--port", type=int, default=0, help="port, 0 for a free one")
    serve.add_argument("--ready-file", type=Path, metavar="F", help="also write the JSON here")
    serve.add_argument(
        "--rate-factor", type=float, default=1.0, metavar="X",
        help="multiply Klaviyo's rate limits, e.g. 100 for tests that must not wait",
    )  # fmt: skip
    serve.set_defaults(run=_serve)


def _add_truth(commands: Any, world: argparse.ArgumentParser) -> None:  # noqa: ANN401
    truth = commands.add_parser(
        "truth", parents=[world], help="print what the brands are known to have done, by day",
        description="Prints the rows that analytics.daily_client_metrics must have.",
    )  # fmt: skip
    truth.add_argument("--format", choices=("json", "csv"), default="json")
    truth.set_defaults(run=_truth)


def _add_postgres(commands: Any) -> None:  # noqa: ANN401
    postgres = commands.add_parser(
        "postgres", help="start or stop an embedded PostgreSQL",
        description="The server goes on after this command. Data and password stay in DIR.",
    )  # fmt: skip
    postgres.add_argument("action", choices=("start", "stop"))
    postgres.add_argument("directory", type=Path, metavar="DIR")
    postgres.add_argument("--port", type=int, default=0, help="port, 0 for the last or a free one")
    postgres.set_defaults(run=_postgres)


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _clients(text: str) -> tuple[str, ...]:
    names = tuple(name for name in text.split(",") if name)
    if unknown := [name for name in names if name not in BRANDS]:
        message = f"unknown brand {unknown[0]}; there are {', '.join(BRANDS)}"
        raise argparse.ArgumentTypeError(message)
    return names


def _world(asked: argparse.Namespace) -> World:
    return World.invent(
        asked.seed, asked.until, asked.clients, first_day=asked.first_day, scale=asked.scale
    )


def _serve(asked: argparse.Namespace) -> int:
    from sandbox.sandbox import Sandbox  # noqa: PLC0415 - the other commands start faster

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    sandbox = Sandbox(_world(asked), asked.host, asked.port, rate_factor=asked.rate_factor)
    with sandbox:
        ready = json.dumps({
            "api_url": sandbox.api_url,
            "accounts": sandbox.accounts,
            "until": sandbox.world.until.isoformat(),
            "first_day": sandbox.world.first_day.isoformat(),
        })  # fmt: skip
        if asked.ready_file:
            _write_whole(asked.ready_file, ready)
        _print(ready)
        stop.wait()
    return 0


def _write_whole(path: Path, text: str) -> None:
    """Write a file atomically: a process that waits for it never reads half of it."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(text + "\n")
    part.replace(path)


def _truth(asked: argparse.Namespace) -> int:
    world = _world(asked)
    rows = [row for client in world.accounts for row in world.truth.daily_client_metrics(client)]
    if asked.format == "csv":
        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)
    else:
        _print(json.dumps(rows, default=str))
    return 0


def _postgres(asked: argparse.Namespace) -> int:
    from sandbox.postgres import Postgres  # noqa: PLC0415 - as above
    from sandbox.postgres_programs import PostgresError  # noqa: PLC0415

    server = Postgres(asked.directory, asked.port)
    try:
        if asked.action == "start":
            server.start()
            _print(json.dumps(server.env))
        else:
            server.stop()
    except PostgresError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command's output
