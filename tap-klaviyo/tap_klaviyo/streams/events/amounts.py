"""Parses amounts that an integration sent as text: `$1,234.50`, `1.234,50 €`, `Rs. 500`, `(12.50)`.

The text must contain one number, with a currency before or after it and at most one sign. The
separators determine its value. If they are ambiguous, or the text may mean something else (`10-20`,
`5k`, `#1001`), there is no amount: a wrong one is worse than none.
"""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 64  # characters; no amount is longer

PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
"""A number as programs write it: `1e5`, `1234.567`, `.5`."""

ONE_NUMBER = re.compile(r"(\D*?)((?<![^\W\d_/])[.,](?=\d))?(\d(?:[\d.,' ]*\d)?)(\D*)", re.ASCII)
"""Text before the number, a separator it begins with, the number, text after it."""

GROUPED = (
    re.compile(r"([1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?", re.ASCII),  # 1,234,567.89
    re.compile(r"([1-9]\d?(?:,\d\d)+,\d{3})(?:\.(\d+))?", re.ASCII),  # 12,34,567.89
    re.compile(r"([1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d+))", re.ASCII),  # 1.234.567,89
    re.compile(r"([1-9]\d{0,2}(?:\.\d{3}){2,})", re.ASCII),  # 1.234.567
    re.compile(r"([1-9]\d{0,2}(?:'\d{3})+)(?:[.,](\d+))?", re.ASCII),  # 1'234'567.89
    re.compile(r"([1-9]\d{0,2}(?: \d{3})+)(?:[.,](\d+))?", re.ASCII),  # 1 234 567,89
    re.compile(r"(\d+)(?:[.,](\d{1,2}|\d{4,}))?", re.ASCII),  # 1234.5 and 1234,50
    re.compile(r"(0)[.,](\d{3})", re.ASCII),  # 0,234
    re.compile(r"(\d{4,})\.(\d{3})", re.ASCII),  # 1234.567, but 1.234 in front of a currency is not
)
"""Every unambiguous notation of a number: its whole part and its fraction."""

ROUND = re.compile(r"(?<=\d)(?:[.,:](?:--?|[\u2013\u2014])|\.)(?=\s|$)")
"""`500,-`, `500:-`, `500.`: no fraction."""

CURRENCY = re.compile(r"(?:[^\W\d_]{1,8}[./]{0,2} ?){0,2}")
"""Words for a currency, such as `Rs.`, `S/.`, `kr.`, `US`, `euros`, without signs such as `$`."""

SCALES = {
    *("k", "kk", "t", "tsd", "tys", "thousand", "lac", "lacs", "lakh", "lakhs"),
    *("m", "mia", "million", "millions", "mio", "mld", "mln", "mm", "mn", "mrd", "b", "bn"),
    *("c", "cent", "cents", "ct", "cts", "p", "pence", "rappen"),
    *("cr", "crore", "crores", "dr", "e", "x"),
}
"""Words that change the value, or may: thousands, cents, a credit."""

EQUIVALENTS = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
        **dict.fromkeys("\u2019\u02bc", "'"),
        "\u2212": "-",
        "\u066b": ".",
        "\u066c": ",",
    }
)
"""Variants of space, apostrophe, minus and Arabic separators, and their ASCII equivalents."""


def parse_amount(text: str) -> float | None:
    """Parse an amount; None if it is ambiguous.

    `1,234` is more than a thousand. `1.234` alone is a little more than one, as programs write
    it, but `1.234 €` is ambiguous.
    """
    if len(text) > MAX_LENGTH:
        return None
    text = "".join(_digit(letter) for letter in text.strip().translate(EQUIVALENTS))
    if PLAIN.fullmatch(text):
        return float(text)
    sign, text = _signed(ROUND.sub("", text))
    found = ONE_NUMBER.fullmatch(text)
    if sign == 0 or found is None or not _is_currency(found[1]) or not _is_currency(found[4]):
        return None
    number = _number(found[3]) if found[2] is None else _fraction(found[3])
    return None if number is None else sign * number


def _digit(letter: str) -> str:
    """A digit of any script as an ASCII digit."""
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def _signed(text: str) -> tuple[int, str]:
    """The sign, 0 if it is ambiguous (several, or between other text), and the rest."""
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        inner = text[1:-1].strip()
        return (0 if re.search(r"[-+()]", inner) else -1), inner
    signs = re.findall(r"[-+]", text)
    if not signs:
        return 1, text
    before, sign, behind = re.split(r"([-+])", text, maxsplit=1)
    alone = len(signs) == 1 and not (re.search(r"\d", before) and behind.strip(" "))
    if not alone or (sign == "+" and not behind):
        return 0, text
    return (-1 if sign == "-" else 1), f"{before}{behind}".strip()


def _is_currency(text: str) -> bool:
    """Whether the text next to a number only names its currency."""
    signs = [letter for letter in text if unicodedata.category(letter) == "Sc"]
    words = "".join(letter for letter in text if letter not in signs).strip()
    known = not SCALES & set(re.split(r"[ ./]+", words.lower())) or "/" in words
    return len(signs) <= 1 and "¢" not in signs and known and bool(CURRENCY.fullmatch(words))


def _number(digits: str) -> float | None:
    for form in GROUPED:
        if found := form.fullmatch(digits):
            whole = re.sub(r"\D", "", found[1])
            fraction = found[2] if form.groups > 1 else None
            return float(f"{whole}.{fraction or 0}")
    return None


def _fraction(digits: str) -> float | None:
    return float(f"0.{digits}") if digits.isdecimal() else None
