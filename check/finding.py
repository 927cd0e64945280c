"""What a check has found, and whether a run can live with it."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Verdict(enum.Enum):
    """What a finding means for a run."""

    GOOD = "ok"
    LACKING = "attention"
    """A run ends well, and something is not in it."""
    FATAL = "problem"
    """A run would fail."""


class Finding(NamedTuple):
    """One thing that was tried.

    Attributes:
        subject: What was tried.
        verdict: What it means for a run.
        text: What was found.
        advice: What to do about it; empty where nothing is to be done.
    """

    subject: str
    verdict: Verdict
    text: str
    advice: str = ""


def good(subject: str, text: str) -> Finding:
    """All is well."""
    return Finding(subject, Verdict.GOOD, text)


def lacking(subject: str, text: str, advice: str) -> Finding:
    """Not well, and a run can live with it."""
    return Finding(subject, Verdict.LACKING, text, advice)


def fatal(subject: str, text: str, advice: str) -> Finding:
    """A run would fail."""
    return Finding(subject, Verdict.FATAL, text, advice)
