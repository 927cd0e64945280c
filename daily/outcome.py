"""What a run came to, asked from the run log and from dbt."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row

from check import database
from check.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMED = 5  # streams, models or tests named in a line
BAD = ("error", "fail", "runtime error")

# Ids of runs sort by the time at which the runs began.
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
where run_id = (select max(run_id) from tap_klaviyo.sync_log) and run_id >= %(began)s
group by client, status, error
order by client, status, error
"""


def words(env: Mapping[str, str], began: datetime) -> Iterator[str]:
    """The outcome of the run that began at this time, as lines."""
    try:
        with database.connect(env) as session:
            cursor = session.cursor(row_factory=dict_row)
            rows = cursor.execute(BRANDS, {"began": f"{began:%Y%m%dT%H%M%SZ}"}).fetchall()
    except psycopg.errors.UndefinedTable:
        rows = []
    except psycopg.Error as error:
        yield f"What was read cannot be asked: {' '.join(str(error).split())}"
        return
    yield from _read(rows)
    yield from _built(began)
    yield (
        "Look at the dashboard Pipeline or at analytics.pipeline_runs; what to do about an error: "
        "docs/operations.md"
    )


def _read(rows: list[dict[str, Any]]) -> Iterator[str]:
    """What was read of each brand."""
    if not rows:
        yield "Nothing was read: the run ended before its first brand. The lines above say why."
        return
    clients = {row["client"] for row in rows}
    read = {row["client"] for row in rows if row["is_read"]}
    yield (
        f"{len(read)} of {len(clients)} brands read: {sum(row['records'] for row in rows):,} "
        f"records with {sum(row['requests'] for row in rows):,} requests"
    )
    for row in rows:
        if row["status"] != "ok":
            what = f"{_listed(row['streams'])} {row['status']}" if row["is_read"] else "not read"
            yield f"  {row['client']}: {what}: {row['error']}"


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
