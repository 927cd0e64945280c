"""What a check has found, and whether a run can live with it."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


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

    @property
    def line(self) -> str:
        """All of it in a line, which begins with the verdict unless that is good."""
        mark = "" if self.verdict is Verdict.GOOD else f"{self.verdict.value}: "
        return f"{mark}{self.subject}: {self.text} {self.advice}".strip()

    def without(self, secrets: Iterable[str]) -> Finding:
        """The same without secrets: a response may quote them."""
        text, advice = self.text, self.advice
        for secret in secrets:
            text, advice = (half.replace(secret, "(secret)") for half in (text, advice))
        return self._replace(text=text, advice=advice)


def good(subject: str, text: str) -> Finding:
    """All is well."""
    return Finding(subject, Verdict.GOOD, text)


def lacking(subject: str, text: str, advice: str) -> Finding:
    """Not well, and a run can live with it."""
    return Finding(subject, Verdict.LACKING, text, advice)


def fatal(subject: str, text: str, advice: str) -> Finding:
    """A run would fail."""
    return Finding(subject, Verdict.FATAL, text, advice)
