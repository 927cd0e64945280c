"""Words, numbers and dates in a client's language. All words are in `strings.yaml`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
)

from report.periods import MONTH

if TYPE_CHECKING:
    from datetime import date

    from report.periods import Period

_FILE = Path(__file__).parent / "strings.yaml"
UNKNOWN = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
JOINED = "\N{WORD JOINER}"  # a line may not end here


@cache
def strings() -> dict[str, dict[str, str]]:
    """Every text by its name, then by language."""
    found: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


class Words:
    """One language, in the form of the account's region where that has the same language."""

    def __init__(self, language: str, account_locale: str | None = None) -> None:
        """Choose the language, `en` or `de`; an account's locale is like `en-AU`."""
        self.language = language
        self.locale = _locale(language, account_locale)

    def __call__(self, name: str, **values: str) -> str:
        """A text, with values in its places. KeyError if there is none of that name."""
        return strings()[name][self.language].format(**values)

    def has(self, name: str) -> bool:
        """Whether there is a text of that name."""
        return name in strings()

    def count(self, value: Any) -> str:  # noqa: ANN401 - a number, as Postgres has it
        """A whole number."""
        return format_decimal(_to(value, 0), "#,##0", locale=self.locale)

    def money(self, value: Any, currency: str) -> str:  # noqa: ANN401 - as above
        """An amount with its currency, to the cent."""
        places = get_currency_precision(currency)
        return format_currency(_to(value, places), currency, locale=self.locale)

    def ratio(self, value: Any, decimals: int = 2) -> str:  # noqa: ANN401 - as above
        """A fraction as percent."""
        pattern = self.locale.percent_formats[None].pattern
        pattern = pattern.replace("##0", f"##0.{'0' * decimals}")
        return format_percent(_to(value, decimals + 2), pattern, locale=self.locale)

    def value(self, value: Any, unit: str, currency: str | None) -> str:  # noqa: ANN401 - as above
        """A number of a fact; a dash where it is unknown."""
        if value is None:
            return UNKNOWN
        if unit == "money":
            return self.money(value, currency or "XXX")
        return self.ratio(value) if unit == "ratio" else self.count(value)

    def signed(self, value: Any, unit: str, currency: str | None) -> str:  # noqa: ANN401 - as above
        """A difference, with its sign."""
        sign = f"{MINUS}{JOINED}" if value < 0 else "+"
        return sign + self.value(abs(value), unit, currency)

    def change(self, value: Any, other: Any, unit: str) -> str:  # noqa: ANN401 - as above
        """A change between two periods: of a rate in percentage points, else in percent."""
        if None in (value, other) or (other == 0 and unit != "ratio"):
            return UNKNOWN
        sign = "" if value == other else MINUS if value < other else "+"
        return sign + self.size(value, other, unit)

    def size(self, value: Any, other: Any, unit: str) -> str:  # noqa: ANN401 - as above
        """The size of a change, without a sign."""
        apart = abs(Decimal(value) - Decimal(other))
        if unit == "ratio":
            points = format_decimal(_to(apart * 100, 2), "#,##0.00", locale=self.locale)
            return self("points", value=points)
        return self.ratio(apart / abs(Decimal(other)), 1)

    def day(self, day: date) -> str:
        """A day: `3 October` or `3. Oktober`."""
        pattern = self.locale.datetime_skeletons["MMMMd"].pattern
        return format_date(day, pattern, locale=self.locale)

    def short_day(self, day: date) -> str:
        """A day in a table or on an axis: `3 Oct`."""
        pattern = self.locale.datetime_skeletons["MMMd"].pattern
        return format_date(day, pattern, locale=self.locale)

    def period(self, period: Period) -> str:
        """`October 2026`, or the days of a week."""
        if period.kind == MONTH:
            return format_date(period.start, "LLLL y", locale=self.locale)
        return format_interval(period.start, period.end, "yMMMMd", locale=self.locale)

    def others(self, period: Period) -> tuple[str, str]:
        """Names of the period before and of that of a year ago."""
        if period.kind == MONTH:
            last_year = period.start.replace(year=period.start.year - 1)
            days = (period.previous.start, last_year)
            before, year_ago = (format_date(one, "LLL y", locale=self.locale) for one in days)
            return before, year_ago
        return self("before_week"), self("before_year")

    def short_period(self, period: Period) -> str:
        """On an axis: `Oct 26`, or the first day of a week."""
        if period.kind == MONTH:
            return format_date(period.start, "LLL yy", locale=self.locale)
        return self.short_day(period.start)


def _to(value: Any, places: int) -> Decimal:  # noqa: ANN401 - a number, as Postgres has it
    """To so many places, half away from zero, as Postgres rounds."""
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _locale(language: str, account_locale: str | None) -> Locale:
    try:
        found = Locale.parse((account_locale or language).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)
    return found if found.language == language else Locale.parse(language)
