"""Make a client's report, or every report that is due."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from check import database, settings
from check.settings import ROOT
from report import due, making, runs, sending
from report import settings as own
from report.facts import read
from report.periods import Period, PeriodError
from report.plan import Plan
from sandbox import Postgres

if TYPE_CHECKING:
    from collections.abc import Mapping

_SETTLED = {"sent": runs.SENT, "unsent": runs.FAILED}
_DEMO = ROOT / ".demo" / "postgres"


def main(arguments: list[str]) -> int:
    """Write a report to files, send it, or do what is due; 1 if one of them failed."""
    chosen = _arguments(arguments)
    try:
        env = _settings(chosen.env_file)
        if chosen.due:
            return _due(env)
        period = Period.parse(chosen.period)
        for line in _one(env, chosen, period):
            sys.stdout.write(f"{line}\n")
    except (PeriodError, runs.Busy, *due.FAILURES) as error:
        sys.stderr.write(f"{' '.join(str(error).split()) or 'Another run sends it now.'}\n")
        return 1
    return 0


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m report", description=__doc__)
    parser.add_argument("--due", action="store_true", help="every report that is due, and send it")
    parser.add_argument("--client", help="the client's short name")
    parser.add_argument("--period", help="a month, 2026-10, or a week, 2026-W44")
    parser.add_argument("--send", action="store_true", help="send it unless it was sent")
    parser.add_argument("--settle", choices=_SETTLED, help="what became of a report in doubt")
    parser.add_argument("--env-file", type=Path, default=ROOT / ".env")
    chosen = parser.parse_args(arguments)
    if not chosen.due and not (chosen.client and chosen.period):
        parser.error("name a client and a period, such as --client acme --period 2026-10")
    return chosen


def _settings(env_file: Path) -> Mapping[str, str]:
    """The settings; without any, the demo's database."""
    env = settings.read(env_file)
    if "PGHOST" in env or not _DEMO.exists():
        return env
    demo = Postgres(_DEMO)
    demo.start()
    return {**env, **demo.env}


def _due(env: Mapping[str, str]) -> int:
    is_good = True
    for went_well, line in due.run(env):
        is_good &= went_well
        (sys.stdout if went_well else sys.stderr).write(f"{line}\n")
        sys.stdout.flush()
    return 0 if is_good else 1


def _one(env: Mapping[str, str], chosen: argparse.Namespace, period: Period) -> list[str]:
    with database.connect(env) as session:
        plan = Plan.of(_row(due.plans(session, due.schema_of(env)), chosen.client, period))
        facts = read(session, due.schema_of(env), plan.client, period)
        account_id = facts.account["account_id"]
        if chosen.settle:
            return [_settle(runs.Runs(env), account_id, plan, period, chosen.settle)]
        folder = own.folder(env)
        if not chosen.send:
            making.make(facts, plan, folder)
            return [str(path) for path in making.paths(folder, plan.client, period)]
        nothing = "nothing to send: no recipients, or it was sent"
        return sending.send_unsent(facts, plan, folder, env) or [nothing]


def _row(rows: list[dict[str, Any]], client: str, period: Period) -> dict[str, Any]:
    """The client's row of that cadence, or else of another, or else a plain one."""
    own_rows = [row for row in rows if row["client"] == client]
    own_rows.sort(key=lambda row: row["cadence"] != period.kind)
    plain = dict.fromkeys(("recipients", "slack_webhook_env", "logo", "colour", "sections"))
    return next(
        iter(own_rows), {"client": client, "cadence": period.kind, "language": "en", **plain}
    )


def _settle(store: runs.Runs, account_id: str, plan: Plan, period: Period, outcome: str) -> str:
    """Record what was found out about a report in doubt."""
    settled = []
    for channel in sending.channels(plan):
        key = runs.Key(account_id, str(period), channel)
        if store.status(key) == runs.HANDING_OVER:
            store.record(key, _SETTLED[outcome], "settled by hand")
            settled.append(channel)
    return f"{plan.client} {period}: {outcome}: {', '.join(settled) or 'nothing was in doubt'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
