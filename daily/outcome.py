"""What a run came to, asked from the run log and from dbt."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row
from tap_klaviyo.run.run_stats import STOPPED

from check import database
from check.settings import ROOT, clients

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

NAMED = 5  # streams, models or tests named in a line
BAD = ("error", "fail", "runtime error")

# Ids of runs sort by the time at which the runs began. The run of one shard may be newer than that
# of another, unless they share an id.
BRANDS = """
select
    client,
    status,
    error,
    array_agg(stream order by stream) as streams,
    bool_or(bool_or(status in ('ok', 'partial'))) over (partition by client) as is_read,
    sum(records)::bigint as records,
    sum(requests)::bigint as requests
from tap_klaviyo.sync_log
where
    client = any(%(clients)s)
    and run_id = coalesce(%(run_id)s, (
        select max(run_id) from tap_klaviyo.sync_log
        where client = any(%(clients)s) and run_id >= %(began)s
    ))
group by client, status, error
order by client, status, error
"""


def words(env: Mapping[str, str], began: datetime) -> Iterator[str]:
    """The outcome of the run that began at this time, as lines; of a shard, its own brands."""
    yield from read_of(env, began)
    yield from _built(began)
    yield (
        "Look at the dashboard Pipeline or at analytics.pipeline_runs; what to do about an error: "
        "docs/operations.md"
    )


def read_of(env: Mapping[str, str], began: datetime) -> Iterator[str]:
    """What was read of each brand of the settings, as lines."""
    try:
        yield from _read(rows_of(env, began), clients(env))
    except psycopg.Error as error:
        yield f"What was read cannot be asked: {' '.join(str(error).split())}"


def rows_of(env: Mapping[str, str], began: datetime) -> list[dict[str, Any]]:
    """The run log of these brands: of the run that the settings name, or of the newest since."""
    asked = {
        "began": f"{began:%Y%m%dT%H%M%SZ}",
        "clients": sorted(clients(env)),
        "run_id": env.get("TAP_KLAVIYO_RUN_ID"),
    }
    try:
        with database.connect(env) as session:
            return session.cursor(row_factory=dict_row).execute(BRANDS, asked).fetchall()
    except psycopg.errors.UndefinedTable:
        return []


def nothing_could_be_read(rows: list[dict[str, Any]], brands: Collection[str]) -> bool:
    """Whether the run came to its end and found every brand closed to it.

    A run that was stopped has not found out: its rows say so.
    """
    ended = [row for row in rows if row["status"] == "failed" and STOPPED not in row["error"]]
    return len(ended) == len(rows) and {row["client"] for row in rows} == set(brands)


def _read(rows: list[dict[str, Any]], brands: Collection[str]) -> Iterator[str]:
    """What was read of each brand."""
    if not rows:
        yield "Nothing was read: the run ended before its first brand. The lines above say why."
        return
    read = {row["client"] for row in rows if row["is_read"]}
    yield (
        f"{len(read)} of {len(brands)} brands read: {sum(row['records'] for row in rows):,} "
        f"records with {sum(row['requests'] for row in rows):,} requests"
    )
    for row in rows:
        if row["status"] != "ok":
            what = f"{_listed(row['streams'])} {row['status']}" if row["is_read"] else "not read"
            yield f"  {row['client']}: {what}: {row['error']}"
    for client in sorted(set(brands) - {row["client"] for row in rows}):
        yield f"  {client}: not read: its run did not begin, or ended before it tested the key"


def _built(began: datetime) -> Iterator[str]:
    """How building the tables went, by dbt's own account of it."""
    target = Path(os.environ.get("DBT_TARGET_PATH", ROOT / "transform/target"))
    try:
        told = json.loads((target / "run_results.json").read_text())
        at = datetime.fromisoformat(told["metadata"]["generated_at"].replace("Z", "+00:00"))
    except (OSError, ValueError, KeyError):
        at, told = datetime.min.replace(tzinfo=timezone.utc), {}
    if at < began:
        yield "The tables were not built; they are as the run before left them."
        return
    bad = [result for result in told["results"] if result["status"] in BAD]
    if not bad:
        yield f"Tables built in {told['elapsed_time']:.0f} s"
        return
    yield f"{len(bad)} of {len(told['results'])} models and tests failed:"
    for result in bad[:NAMED]:
        name = result["unique_id"].split(".")[2]
        yield f"  {name}: {' '.join(str(result['message']).split())[:300]}"


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} streams"
