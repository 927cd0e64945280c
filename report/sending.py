"""Sending a report exactly once to each of its channels."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from report import mail, runs, settings, slack
from report.making import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from report.facts import Facts
    from report.making import Report
    from report.periods import Period
    from report.plan import Plan
    from report.runs import Key, Runs

EMAIL, SLACK = "email", "slack"


def channels(plan: Plan) -> list[str]:
    """Where a report goes."""
    wanted = {EMAIL: bool(plan.recipients), SLACK: bool(plan.slack_webhook_env)}
    return [channel for channel, is_wanted in wanted.items() if is_wanted]


def unsent(store: Runs, account_id: str, plan: Plan, period: Period) -> list[Key]:
    """Where a report has not been sent yet.

    Raises:
        DoubtError: A run ended while it handed the report over.
    """
    keys = [runs.Key(account_id, str(period), channel) for channel in channels(plan)]
    for key in keys:
        if store.status(key) == runs.HANDING_OVER:
            raise _doubt(key, plan.client)
    return [key for key in keys if store.status(key) != runs.SENT]


def send_unsent(facts: Facts, plan: Plan, folder: Path, env: Mapping[str, str]) -> list[str]:
    """Make a report and send it where it has not been sent yet; a line for each channel.

    Raises what `unsent`, `make` and `send` raise.
    """
    store = runs.Runs(env)
    keys = unsent(store, facts.account["account_id"], plan, facts.period)
    return list(send(store, keys, make(facts, plan, folder), plan, env)) if keys else []


def send(
    store: Runs, keys: list[Key], report: Report, plan: Plan, env: Mapping[str, str]
) -> Iterator[str]:
    """Send a report; a line for each channel.

    Raises:
        SettingsError: A setting is missing or wrong.
        RefusedError: It was not taken; the next run tries again.
        DoubtError: It may have been taken; it is not tried again.
        Busy: Another run sends it now.
    """
    ways = {EMAIL: _by_mail, SLACK: _by_slack}
    for key in keys:
        refused = _once(store, key, report, plan, ways[key.channel](report, plan, env))
        yield f"sent by {key.channel}{': refused for ' + refused if refused else ''}"


Way = tuple[list[str], str, "Callable[[Callable[[], None]], list[str]]"]
"""Recipients, the id of the message, and how to hand it over."""


def _once(store: Runs, key: Key, report: Report, plan: Plan, way: Way) -> str:
    """Send unless it was sent; the recipients that were refused."""
    recipients, ident, hand_over = way
    with store.held(key):
        status = store.status(key)
        if status == runs.HANDING_OVER:
            raise _doubt(key, plan.client)
        if status == runs.SENT:
            return ""
        store.claim(key, client=plan.client, recipients=recipients, message_id=ident,
                    sha256=hashlib.sha256(report.pdf).hexdigest())  # fmt: skip
        try:
            refused = "; ".join(hand_over(lambda: store.record(key, runs.HANDING_OVER)))
        except mail.RefusedError as error:
            store.record(key, runs.FAILED, str(error))
            raise
        except mail.DoubtError as error:
            store.record(key, runs.HANDING_OVER, str(error))
            raise _doubt(key, plan.client) from error
        store.record(key, runs.SENT, refused or None)
        return refused


def _by_mail(report: Report, plan: Plan, env: Mapping[str, str]) -> Way:
    server = settings.smtp(env)
    recipients = list(plan.recipients)
    ident = mail.message_id(server.sender, report.account_id, report.name, *recipients)
    written = mail.compose(
        sender=server.sender, recipients=recipients, ident=ident, subject=report.subject,
        text=report.text, attachment=(report.name, report.pdf),
    )  # fmt: skip
    return recipients, ident, lambda before: mail.send(server, written, recipients, before)


def _by_slack(report: Report, plan: Plan, env: Mapping[str, str]) -> Way:
    name = plan.slack_webhook_env or ""
    address = settings.webhook(env, name)
    points = "\n".join(f"• {slack.escaped(one)}" for one in report.sentences)
    text = f"*{slack.escaped(report.subject)}*\n{points}"

    def hand_over(before: Callable[[], None]) -> list[str]:
        before()
        slack.send(address, text)
        return []

    return [name], "", hand_over


def _doubt(key: Key, client: str) -> mail.DoubtError:
    return mail.DoubtError(
        f"{key.period} by {key.channel}: a run ended while it handed the report over, so it "
        "may have arrived; it is not sent again. Look into the mail server's log, then say: "
        f"python -m report --client {client} --period {key.period} --settle sent (or unsent)"
    )
