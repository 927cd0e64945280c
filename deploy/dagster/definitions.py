"""The daily run as a Dagster job: every shard, then dbt, then the verdict.

Dagster runs in an environment of its own (locks/dagster.txt) and calls the project's commands.
Settings are those of the project's .env; how many shards there are is `KLAVIYO_SHARDS`.
"""
# Dagster reads the annotations of ops when it loads them, so they may not be postponed.

import os
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from dagster import (
    Definitions,
    DynamicOut,
    DynamicOutput,
    Failure,
    OpExecutionContext,
    RetryPolicy,
    RetryRequested,
    ScheduleDefinition,
    job,
    op,
)

PROJECT = Path(__file__).resolve().parents[2]
SHARDS = int(os.environ.get("KLAVIYO_SHARDS", "16"))
CONCURRENT = int(os.environ.get("KLAVIYO_CONCURRENT_SHARDS", "4"))
ENV_FILE = os.environ.get("KLAVIYO_ENV_FILE", str(PROJECT / ".env"))
NOTHING_READ = 3  # no retry would help: the keys are rejected
RETRIES = 2
RETRY_SECONDS = 10


def daily(context: OpExecutionContext, run_id: str, *arguments: str) -> int:
    """Run a part of the day to its end; its output goes into Dagster's log."""
    done = subprocess.run(
        [PROJECT / ".venv/bin/python", "-m", "daily", f"--env-file={ENV_FILE}", *arguments],
        cwd=PROJECT,
        env={**os.environ, "TAP_KLAVIYO_RUN_ID": run_id},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    log = context.log.error if done.returncode else context.log.info
    log(f"status {done.returncode}\n{done.stdout[-20_000:]}")
    return done.returncode


@op(out=DynamicOut(str))
def shards(context: OpExecutionContext):  # noqa: ANN201 - a generator's annotation would be read
    """Each shard, with the id of the run that all of them share."""
    run_id = f"{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-{context.run_id[:8]}"
    for number in range(1, SHARDS + 1):
        yield DynamicOutput(f"{number}/{SHARDS} {run_id}", mapping_key=f"shard_{number}")


@op
def extract(context: OpExecutionContext, part: str) -> str:
    """Read and load a shard. It never fails for good: the build follows whatever comes of it."""
    shard, run_id = part.split()
    status = daily(context, run_id, f"--shard={shard}")
    if status not in (0, NOTHING_READ) and context.retry_number < RETRIES:
        raise RetryRequested(max_retries=RETRIES, seconds_to_wait=RETRY_SECONDS)
    return f"{part} {status}"


@op(retry_policy=RetryPolicy(max_retries=RETRIES, delay=RETRY_SECONDS))
def build(context: OpExecutionContext, parts: list[str]) -> list[str]:
    """Build the tables, once, from what all shards have loaded."""
    _, run_id, _ = parts[0].split()
    if status := daily(context, run_id, "--build"):
        message = f"The tables were not built, or a test of the data failed: status {status}"
        raise Failure(message)
    return [part for part in parts if not part.endswith(" 0")]


@op
def verdict(failed: list[str]) -> None:
    """Let the run fail for its shards, after the tables are built."""
    if failed:
        message = f"{len(failed)} shards failed: {'; '.join(failed)} (shard, run, status)"
        raise Failure(message)


@job(config={"execution": {"config": {"multiprocess": {"max_concurrent": CONCURRENT}}}})
def daily_run() -> None:
    """All shards, the build, the verdict."""
    verdict(build(shards().map(extract).collect()))


defs = Definitions(
    jobs=[daily_run],
    schedules=[ScheduleDefinition(job=daily_run, cron_schedule="15 5 * * *")],
)
