"""How fast events leave the tap: `python -m bench.extraction [few]`.

Four tables: no latency, against the SDK's ordinary path; 150 ms a request and 0.5 ms a record
with Klaviyo's limits, against a single connection; the same over 20 accounts; and 20 accounts
with 40 metrics each, whose aggregates the limits hold to three a second. `few` takes a tenth of
the events, to see that it works.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.daily import LATENCY, STREAMS
from bench.run import (
    IDENTITY,
    Measured,
    klaviyo,
    measure,
    single_connection,
    table,
    tap,
    tap_command,
)

ACCOUNTS = 20
METRICS = 40


def main(*, few: bool) -> None:
    """Measure and print."""
    share = 10 if few else 1
    _no_latency(300_000 // share)
    _latency(60_000 // share)
    _many_accounts(60_000 // share)
    _bound_by_limits(12_000 // share)


def _no_latency(events: int) -> None:
    with klaviyo(events=events) as url:
        fast = [tap(url, events) for _ in range(3)]
        ordinary = tap(url, events, stream_maps=IDENTITY)
    rows = [(f"fast path, run {n}", run) for n, run in enumerate(fast, 1)]
    rows.append(("the SDK's ordinary path", ordinary))
    print(f"No latency, {events:,} events, one account\n{table(rows, ordinary)}\n")
    best = max(fast, key=lambda run: run.per_second)
    print(f"Processor time per event: {best.cpu / events * 1e6:.0f} µs\n")


def _latency(events: int) -> None:
    with klaviyo(events=events, **LATENCY) as url:
        runs = [tap(url, events) for _ in range(3)]
        single = single_connection(url, events)
    rows = [(f"default settings, run {n}", run) for n, run in enumerate(runs, 1)]
    rows.append(("single connection", single))
    print(f"150 ms + 0.5 ms a record, limits, {events:,} events\n{table(rows, single)}\n")


def _many_accounts(events: int) -> None:
    """Each account has a twentieth of the events; all of them share the tap."""
    with klaviyo(events=events // ACCOUNTS, **LATENCY) as url:
        one = tap(url, events // ACCOUNTS)
        many = tap(url, events, accounts=ACCOUNTS)
    rows = [(f"{ACCOUNTS} accounts", many), ("one of them alone", one)]
    print(f"{ACCOUNTS} accounts, {events:,} events in all\n{table(rows, one)}\n")


def _bound_by_limits(events: int) -> None:
    """Events and a year of aggregates; what one account takes alone is what its limits allow."""
    with klaviyo(events=events, metrics=METRICS, **LATENCY) as url:
        one, many = (_events_and_aggregates(url, events, accounts) for accounts in (1, ACCOUNTS))
    rows = [(f"{ACCOUNTS} accounts", many), ("one of them alone", one)]
    print(f"{ACCOUNTS} accounts, each {events:,} events and {METRICS} metrics\n{table(rows, one)}")
    print(f"Time: {many.seconds / one.seconds:.2f} times that of one alone")


def _events_and_aggregates(url: str, events: int, accounts: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        command = tap_command(Path(folder), url, accounts, STREAMS)
        return measure(command, url, events * accounts)


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
