"""A report as files, and as what a mail says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from report.page import name_of, render
from report.pdf import print_page
from report.sentences import Sentences
from report.words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from report.facts import Facts
    from report.periods import Period
    from report.plan import Plan

_ODD = re.compile(r"[^\w.-]")


@dataclass(frozen=True)
class Report:
    """A report that is ready to be sent."""

    account_id: str
    name: str
    pdf: bytes
    subject: str
    sentences: list[str]
    text: str


def make(facts: Facts, plan: Plan, folder: Path) -> Report:
    """Draw a report and write it to files.

    Raises:
        PlanError: The logo cannot be read.
        FontsError: The fonts are not installed.
        NoBrowserError: Chromium is not installed.
        PageError: Chromium cannot print it.
        OSError: The folder cannot be written.
    """
    page = render(facts, plan)
    pdf = print_page(page)
    html_path, pdf_path = paths(folder, plan.client, facts.period)
    html_path.parent.mkdir(parents=True, exist_ok=True)
    html_path.write_text(page, encoding="utf-8")
    pdf_path.write_bytes(pdf)
    words = Words(plan.language, facts.account["locale"])
    period = words.period(facts.period)
    sentences = Sentences(facts, words)
    said = sentences.summary().texts
    points = "\n".join(f"- {one}" for one in said)
    greeting = f"{words('mail_hello')}\n\n{words('mail_greeting', period=period)}"
    return Report(
        account_id=facts.account["account_id"],
        name=pdf_path.name,
        pdf=pdf,
        subject=words("mail_subject", client=name_of(facts), period=period),
        sentences=said,
        text=f"{greeting}\n\n{points}\n\n{sentences.settled()}\n",
    )


def paths(folder: Path, client: str, period: Period) -> tuple[Path, Path]:
    """Where the page and the PDF of a report are."""
    name = _ODD.sub("_", client)
    base = folder / name / f"{name}-{period}"
    return base.with_name(f"{base.name}.html"), base.with_name(f"{base.name}.pdf")
