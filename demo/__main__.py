"""`python -m demo` runs it, `python -m demo stop` stops its database, `… psql` opens that."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from demo import summary
from demo.earlier import LAG, two_days_before
from demo.pipeline import ROOT, Pipeline
from demo.progress import Progress
from sandbox import Postgres, Sandbox, World

FOLDER = ROOT / ".demo"
CLIENTS = ("acme", "nord", "koala")
JOB = ("run", "tap-klaviyo", "target-postgres", "dbt:build")
# Is there when the first load came to its end.
LOADED = FOLDER / "first-load-done"


class RunFailed(RuntimeError):
    """A run of the pipeline failed; the message is the end of its log."""


def run() -> int:
    """Run the pipeline over the fictional brands; the exit status."""
    console = Console()
    progress = Progress(console)
    progress.say("Starting a Postgres and a mock Klaviyo with three fictional brands")
    FOLDER.mkdir(exist_ok=True)
    postgres = Postgres(FOLDER / "postgres")
    postgres.start()
    try:
        answered = _runs(_world(), postgres, progress)
    except RunFailed as failure:
        console.print(str(failure), markup=False, highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print(STOPPED, markup=False, highlight=False, soft_wrap=True)
        return 128 + signal.SIGINT
    console.print(summary.brands(postgres.dsn), summary.restated(postgres.dsn))
    console.print(summary.runs(postgres.dsn, answered))
    console.print(
        WHERE_NEXT.format(dsn=postgres.dsn), markup=False, highlight=False, soft_wrap=True
    )
    return 0


def _runs(world: World, postgres: Postgres, progress: Progress) -> int:
    """The first load, unless it is done, and a daily run; how many requests that one made."""
    if not LOADED.exists():
        earlier, late = two_days_before(world)
        now = earlier.until + LAG
        progress.say(f"First load of all history, by a clock that says {now:%-d %B %H:%M} UTC")
        _run(earlier, postgres, progress, FOLDER / "first-load.log", now)
        LOADED.touch()
        progress.say("Two days pass, and Klaviyo learns more of the days before:")
        progress.say(f"  {late['orders']} orders and {late['opens']} opens come in late,")
        progress.say(f"  {late['credits']} orders are credited to the message that brought them,")
        progress.say(f"  {late['amounts']} orders get another amount")
    progress.say("Daily run, by the real clock: what is new, and the last days again")
    return _run(world, postgres, progress, FOLDER / "run.log")


def _run(
    world: World, postgres: Postgres, progress: Progress, log: Path, now: datetime | None = None
) -> int:
    """One run of the pipeline over a world; how many requests Klaviyo answered in it."""
    with Sandbox(world) as sandbox:
        progress.say(f"Klaviyo answers at {sandbox.api_url}; Meltano starts")
        settings = _settings(world, sandbox) | dict(postgres.env)
        process = Pipeline(FOLDER, settings, now=now).start(*JOB)
        try:
            tail = progress.follow(process.stdout or (), log, lambda: len(sandbox.requests))
        except KeyboardInterrupt:
            progress.say("Stopping; what has been read is stored")
            _stop(process)
            raise
        answered = len(sandbox.requests)
    if process.wait() != 0:
        message = f"The run failed (status {process.returncode}). All of its log: {log}"
        raise RunFailed("".join([*tail, message]))
    return answered


def _stop(process: "subprocess.Popen[str]") -> None:
    """End a run, which has a group of its own and has not heard of the Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate()


def _world() -> World:
    """The world of the first demo: its time stands still, so that totals can be compared."""
    file = FOLDER / "world.json"
    until = datetime.fromisoformat(json.loads(file.read_text())["until"]) if file.exists() else None
    world = World.invent(until=until, clients=CLIENTS)
    file.write_text(json.dumps({"until": world.until.isoformat()}))
    return world


def _settings(world: World, sandbox: Sandbox) -> dict[str, str]:
    return {
        "TAP_KLAVIYO_ACCOUNTS": json.dumps(sandbox.accounts),
        "TAP_KLAVIYO_API_URL": sandbox.api_url,
        # A day early: the first local day begins earlier than in UTC east of Greenwich.
        "TAP_KLAVIYO_START_DATE": (world.first_day - timedelta(days=1)).isoformat(),
    }


STOPPED = """
Stopped. `make demo` goes on from here; the database runs until you say: make demo-stop"""

WHERE_NEXT = """
See it on dashboards, in your browser (the first time it installs for about a minute):

    make preview

Again with `make demo`: one more daily run, only what is new is read, and the totals stay.
The database goes on running. Look into it, or stop it:

    make demo-psql     (for instance: table analytics.daily_client_metrics;)
    make demo-stop

For any other SQL client it is {dsn}
Every line of the runs is in .demo/first-load.log and .demo/run.log. What the tables mean, and how
to use your own keys, is in README.md.
"""


def psql() -> int:
    """Open the demo's database in the `psql` that came with its Postgres."""
    postgres = Postgres(FOLDER / "postgres")
    postgres.start()
    return subprocess.run([postgres.psql, postgres.dsn], check=False).returncode


def stop() -> int:
    """Stop the demo's database."""
    Postgres(FOLDER / "postgres").stop()
    return 0


if __name__ == "__main__":
    commands = {(): run, ("stop",): stop, ("psql",): psql}
    command = commands.get(tuple(sys.argv[1:]))
    sys.exit(command() if command else "python -m demo [stop|psql]")
