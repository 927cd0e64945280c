"""The daily run as an Airflow DAG: every shard, then dbt, then the verdict.

Airflow's workers call the project's own commands; settings are those of its .env.
"""

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TriggerRule, task

PROJECT = os.environ.get("KLAVIYO_PROJECT", str(Path(__file__).resolve().parents[2]))
SHARDS = int(os.environ.get("KLAVIYO_SHARDS", "16"))
CONCURRENT = int(os.environ.get("KLAVIYO_CONCURRENT_SHARDS", "4"))
DAILY = ".venv/bin/python -m daily"
# The same for all parts of a run, and for a part that is tried again.
RUN_ID = "{{ dag_run.run_after.strftime('%Y%m%dT%H%M%SZ') }}-daily"
NOTHING_READ = 3  # no retry would help: the keys are rejected
# The last line of a task's output is its result.
KEEP_STATUS = f"s=$?; [ $s = 0 ] || [ $s = {NOTHING_READ} ] || exit $s; echo $s"

with DAG(
    "klaviyo_daily",
    schedule="15 5 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
) as dag:
    common = {"cwd": PROJECT, "env": {"TAP_KLAVIYO_RUN_ID": RUN_ID}, "append_env": True}
    # BashOperator cannot fail without a retry, so status 3 is a result, and fails `verdict`.
    shards = BashOperator.partial(
        task_id="shard",
        retries=2,
        retry_delay=timedelta(seconds=10),
        max_active_tis_per_dagrun=CONCURRENT,
        **common,
    ).expand(
        bash_command=[
            f"{DAILY} --shard={number}/{SHARDS}; {KEEP_STATUS}" for number in range(1, SHARDS + 1)
        ]
    )
    build = BashOperator(
        task_id="build",
        bash_command=f"{DAILY} --build",
        trigger_rule=TriggerRule.ALL_DONE,  # whatever came of the shards
        **common,
    )

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def verdict(statuses: list[str]) -> None:
        """Let the run fail for its shards, after the tables are built."""
        read = [status for status in statuses if status == "0"]
        if len(read) < SHARDS:
            message = f"{SHARDS - len(read)} of {SHARDS} shards failed; see their logs"
            raise RuntimeError(message)

    shards >> build >> verdict(shards.output)
