"""A copy of the loaded database with recipients, and the reports' own command as a process."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from demo.pipeline import OURS, ROOT
from report.periods import Period
from tests.conftest import Run

from .post import PASSWORD, Post, controller

MINUTES = 60.0
RECIPIENTS = "anna@acme.example ben@acme.example"


@dataclass
class Reports:
    """Runs `python -m report` over a database of its own."""

    database: Any
    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str, **changes: str) -> "subprocess.Popen[str]":
        kept = {k: v for k, v in os.environ.items() if not k.startswith((*OURS, "REPORT_"))}
        own = {**self.database.env, "REPORT_FOLDER": str(self.folder), **self.env, **changes}
        return subprocess.Popen(
            [sys.executable, "-m", "report", f"--env-file={self.folder}/none", *arguments],
            cwd=ROOT, env={**kept, **own}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *arguments: str, **changes: str) -> Run:
        with self.start(*arguments, **changes) as process:
            said, _ = process.communicate(timeout=5 * MINUTES)
        return Run(process.returncode, said)

    def rows(self) -> list[dict[str, Any]]:
        return self.database.rows("select * from reports.report_runs order by period, channel")

    def last_whole(self, client: str, kind: str = "month") -> Period:
        """The newest period of which every day is over, by the client's own clock."""
        day: date = self.database.value(
            "select last_whole_day from analytics.clients where client = %(client)s", client=client
        )
        after = day + timedelta(days=1)
        start = after.replace(day=1) if kind == "month" else after - timedelta(after.weekday())
        return Period(start, kind).previous


@pytest.fixture(scope="session")
def copied(loaded, server) -> Any:
    """The loaded world in a database that these tests may change."""
    source = loaded.project.database.env["PGDATABASE"]
    server.execute(f'create database "reports" template "{source}"')
    return type(server)({**server.env, "PGDATABASE": "reports"})


@pytest.fixture
def reports(copied, tmp_path) -> Reports:
    copied.execute("drop schema if exists reports cascade")
    return Reports(copied, tmp_path)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def post(authority, tmp_path) -> Iterator[Post]:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    made = Post(path)
    serving = controller(made, authority.issue_cert("127.0.0.1"))
    serving.start()
    made.port = serving.port
    yield made
    serving.stop()


@pytest.fixture
def mailing(reports, post) -> Reports:
    """Reports of acme that go to two people."""
    reports.database.rows(
        "update analytics_staging.client_reports set recipients = %(people)s "
        "where client = 'acme' returning client", people=RECIPIENTS,
    )  # fmt: skip
    secret = reports.folder / "password"
    secret.write_text(f"{PASSWORD}\n")
    reports.env = {
        "REPORT_SMTP_HOST": "127.0.0.1", "REPORT_SMTP_PORT": str(post.port),
        "REPORT_SMTP_USER": "agency", "REPORT_SMTP_PASSWORD_FILE": str(secret),
        "REPORT_FROM": "Your agency <reports@agency.example>",
        "SSL_CERT_FILE": str(post.authority),
    }  # fmt: skip
    return reports


@pytest.fixture
def send(mailing) -> Callable[..., Any]:
    """Starts the sending of acme's last month: `send()`; `send("--settle", "sent")`."""
    period = str(mailing.last_whole("acme"))
    return lambda *more: mailing.start(
        "--client=acme", f"--period={period}", *(more or ("--send",))
    )
