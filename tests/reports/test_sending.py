"""Each report arrives exactly once, whatever is killed; and nothing is sent that was not asked."""

import hashlib
import json
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest

from report.due import last_over

from .conftest import MINUTES, RECIPIENTS
from .post import PASSWORD, kill

STOP = """
select bool_and(pg_terminate_backend(pid)) as is_stopped
from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
"""


def _ended(process):
    said, _ = process.communicate(timeout=5 * MINUTES)
    return process.returncode, said


def _attachment(mail):
    (part,) = mail.iter_attachments()
    return part.get_content()


def test_a_report_goes_to_its_recipients_in_one_mail(mailing, send, post):
    first, second = send(), send()
    said = [_ended(first), _ended(second), _ended(send())]
    (mail,) = post.mails
    assert post.logins == [PASSWORD]
    assert mail["To"] == RECIPIENTS.replace(" ", ", ")
    assert "Acme Outfitters" in mail["Subject"]
    assert _attachment(mail).startswith(b"%PDF")
    (row,) = mailing.rows()
    assert row["status"] == "sent"
    assert row["recipients"] == RECIPIENTS.split()
    assert row["message_id"] == mail["Message-ID"]
    assert row["sha256"] == hashlib.sha256(_attachment(mail)).hexdigest()
    assert not [text for _, text in said if PASSWORD in text]
    assert said[2][0] == 0


@pytest.mark.parametrize(
    "step",
    [
        "EHLO",
        pytest.param("MAIL", marks=pytest.mark.soak),
        pytest.param("RCPT", marks=pytest.mark.soak),
        "begin",
    ],
)
def test_a_run_killed_before_the_end_of_its_message_is_repeated(mailing, send, post, step):
    process = send()
    post.at[step] = lambda: kill(process.pid)
    assert _ended(process)[0] < 0
    assert post.mails == []
    assert [row["status"] for row in mailing.rows()] == ["sending"]
    assert _ended(send())[0] == 0
    assert len(post.mails) == 1
    assert [(row["status"], row["attempts"]) for row in mailing.rows()] == [("sent", 2)]


@pytest.mark.parametrize("outcome", ["sent", "unsent"])
def test_a_run_killed_before_the_answer_is_not_repeated_but_settled(mailing, send, post, outcome):
    process = send()
    post.at["end"] = lambda: kill(process.pid)
    assert _ended(process)[0] < 0
    for _ in range(2):
        status, said = _ended(send())
        assert status == 1
        assert "--settle sent" in said
    assert [row["status"] for row in mailing.rows()] == ["handing_over"]
    assert len(post.mails) == 1
    assert _ended(send("--settle", outcome))[0] == 0
    assert _ended(send())[0] == 0
    assert len(post.mails) == (1 if outcome == "sent" else 2)
    assert len({mail["Message-ID"] for mail in post.mails}) == 1
    assert [row["status"] for row in mailing.rows()] == ["sent"]


def test_a_run_killed_between_the_answer_and_its_record_is_not_repeated(mailing, send, post):
    process = send()
    with psycopg.connect(mailing.database.dsn) as session:
        holds = threading.Event()

        def hold():
            """The row cannot be written until this session ends."""
            session.execute("select * from reports.report_runs for update")
            holds.set()

        post.at["end"] = hold
        assert holds.wait(2 * MINUTES)
        waits = "select count(*) from pg_locks where not granted"
        while not mailing.database.value(waits):
            assert process.poll() is None
        kill(process.pid)
        assert _ended(process)[0] < 0
        # The server would write it nevertheless, since it does not look whether the client lives.
        assert mailing.database.value(STOP)
    assert _ended(send())[0] == 1
    assert len(post.mails) == 1


def test_a_recipient_whom_the_server_refuses_is_named(mailing, send, post):
    post.refuses = RECIPIENTS.split()[0]
    status, said = _ended(send())
    assert status == 0
    assert f"{post.refuses}: 550 No such person" in said
    (row,) = mailing.rows()
    assert (row["status"], "550" in row["error"]) == ("sent", True)
    assert len(post.mails) == 1


def test_a_server_gets_neither_password_nor_mail_until_it_proves_its_name(mailing, send, post):
    del mailing.env["SSL_CERT_FILE"]
    status, said = _ended(send())
    assert (status, "certificate" in said) == (1, True)
    assert (post.logins, post.mails) == ([], [])
    assert [row["status"] for row in mailing.rows()] == ["failed"]
    mailing.env["SSL_CERT_FILE"] = str(post.authority)
    assert _ended(send())[0] == 0
    assert len(post.mails) == 1


def test_without_recipients_the_job_writes_files_only(mailing, post):
    """The seed names recipients for acme alone; what is due depends on each client's own clock."""
    run = mailing.run("--due")
    today = datetime.now(timezone.utc).date()
    lines = dict(line.split(": ", 1) for line in run.log.splitlines())
    for client, cadence in (("acme", "month"), ("nord", "month"), ("koala", "week")):
        period = last_over(cadence, today)
        said = lines[f"{client} {period}"]
        if mailing.last_whole(client, cadence) < period:
            assert said.startswith("waits: ")
        else:
            assert said.startswith("sent by email" if client == "acme" else "no recipients")
            assert list(mailing.folder.glob(f"{client}/{client}-{period}.pdf"))
    assert run.status == 0
    assert len(post.mails) <= 1
    assert {row["client"] for row in mailing.rows()} <= {"acme"}


class Slack(BaseHTTPRequestHandler):
    """Takes whatever it is given, and remembers it in `server.texts`."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.texts.append(json.loads(body)["text"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        """The test says enough."""


def test_slack_gets_the_sentences_once(mailing, send):
    with ThreadingHTTPServer(("127.0.0.1", 0), Slack) as slack:
        slack.texts = []
        threading.Thread(target=slack.serve_forever, daemon=True).start()
        secret = mailing.folder / "webhook"
        secret.write_text(f"http://127.0.0.1:{slack.server_port}/T0/B0/secret-part\n")
        mailing.env["SLACK_ACME_FILE"] = str(secret)
        mailing.database.execute(
            "update analytics_staging.client_reports set recipients = null, "
            "slack_webhook_env = 'SLACK_ACME' where client = 'acme'"
        )
        said = [_ended(send()) for _ in range(2)]
        slack.shutdown()
    mailing.database.execute("update analytics_staging.client_reports set slack_webhook_env = null")
    (text,) = slack.texts
    assert "Acme Outfitters" in text
    assert [status for status, _ in said] == [0, 0]
    assert "secret-part" not in said[0][1] + json.dumps(mailing.rows(), default=str)
