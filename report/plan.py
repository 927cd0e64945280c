"""Which client gets a report, and in what form: the seed `client_reports`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTIONS = ("summary", "revenue", "attribution", "campaigns", "flows", "deliverability",
            "audience", "next", "definitions")  # fmt: skip
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")
_DEFAULT_COLOUR = "#1f2937"


def is_address(value: str) -> bool:
    """Whether mail can be sent to it: one address, in ASCII, without a name."""
    return value.isascii() and _ADDRESS.fullmatch(value) is not None


class PlanError(Exception):
    """A row of `client_reports` cannot be used; the message says what to correct."""


@dataclass(frozen=True)
class Plan:
    """A row of the seed `client_reports`, checked."""

    client: str
    cadence: str
    language: str
    colour: str
    logo: str | None
    sections: tuple[str, ...]
    recipients: tuple[str, ...]
    slack_webhook_env: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Plan:
        """Check a row.

        Raises:
            PlanError: An address, a colour or a section is wrong.
        """
        recipients = tuple((row["recipients"] or "").split())
        sections = tuple((row["sections"] or "").split()) or SECTIONS
        colour = row["colour"] or _DEFAULT_COLOUR
        wrong = [one for one in recipients if not is_address(one)]
        wrong += [one for one in sections if one not in SECTIONS]
        wrong += [] if _COLOUR.fullmatch(colour) else [colour]
        if wrong:
            message = f"client_reports, {row['client']}: cannot be used: {', '.join(wrong)}"
            raise PlanError(message)
        return cls(
            client=row["client"],
            cadence=row["cadence"],
            language=row["language"],
            colour=colour,
            logo=row["logo"],
            sections=sections,
            recipients=recipients,
            slack_webhook_env=row["slack_webhook_env"],
        )

    @property
    def is_sent(self) -> bool:
        """Whether it is sent, and not only written to files."""
        return bool(self.recipients or self.slack_webhook_env)
