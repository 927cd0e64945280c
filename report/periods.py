"""The weeks and months that a report is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

WEEK, MONTH = "week", "month"
_WRITTEN = re.compile(r"(\d{4})-(?:W(\d\d)|(\d\d))")
_DAY = timedelta(days=1)


class PeriodError(ValueError):
    """Not the name of a period; the message says how to write one."""


@dataclass(frozen=True, order=True)
class Period:
    """A month, or an ISO week from Monday to Sunday, of the client's local days."""

    start: date
    kind: str

    @classmethod
    def parse(cls, text: str) -> Period:
        """A period by its name: `2026-10` or `2026-W44`.

        Raises:
            PeriodError: There is no such period.
        """
        try:
            year, week, month = _WRITTEN.fullmatch(text).groups()  # type: ignore[union-attr]
            if week:
                return cls(date.fromisocalendar(int(year), int(week), 1), WEEK)
            return cls(date(int(year), int(month), 1), MONTH)
        except (AttributeError, ValueError):
            message = f"{text!r} is no period: write a month as 2026-10, a week as 2026-W44."
            raise PeriodError(message) from None

    @property
    def end(self) -> date:
        """Its last day."""
        if self.kind == WEEK:
            return self.start + 6 * _DAY
        return (self.start + 31 * _DAY).replace(day=1) - _DAY

    @property
    def previous(self) -> Period:
        """The period before."""
        last = self.start - _DAY
        return Period(last.replace(day=1) if self.kind == MONTH else last - 6 * _DAY, self.kind)

    def __str__(self) -> str:
        """Its name, which sorts by time."""
        year, week, _ = self.start.isocalendar()
        return f"{self.start:%Y-%m}" if self.kind == MONTH else f"{year}-W{week:02}"
