"""The European Central Bank's file of all its reference rates, `eurofxref-hist.csv`.

A row per working day, newest first, and a column per currency: so many units for one euro, `N/A`
where there was no rate. The published archive has this one file in it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import requests

URL = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
_SECONDS = 60
Rates = dict[str, dict[date, Decimal]]


class UnreadableError(Exception):
    """The file cannot be had, or is another one; says why."""


def read(source: str) -> Rates:
    """Units for one euro, by currency and day; the days ascend.

    Args:
        source: A path or an address of the file, or of an archive with it.

    Raises:
        UnreadableError: It cannot be had, or is not that file.
    """
    return _parsed(_text(_bytes(source)))


def _bytes(source: str) -> bytes:
    if not source.startswith(("http://", "https://")):
        try:
            return Path(source).read_bytes()
        except OSError as error:
            raise UnreadableError(str(error)) from None
    try:
        answer = requests.get(source, timeout=_SECONDS)
        answer.raise_for_status()
    except requests.RequestException as error:
        message = f"{source}: {error}"
        raise UnreadableError(message) from None
    return answer.content


def _text(contents: bytes) -> str:
    try:
        if zipfile.is_zipfile(io.BytesIO(contents)):
            with zipfile.ZipFile(io.BytesIO(contents)) as archive:
                (name,) = archive.namelist()
                contents = archive.read(name)
        return contents.decode("utf-8-sig")
    except (ValueError, zipfile.BadZipFile) as error:
        raise _another(error) from None


def _parsed(text: str) -> Rates:
    rows = list(csv.reader(io.StringIO(text)))
    header = rows[0] if rows else []
    found: Rates = {currency: {} for currency in header[1:] if currency.strip()}
    if header[:1] != ["Date"] or not found:
        problem = "its first line is not Date and currencies"
        raise _another(problem)
    try:
        for row in sorted(filter(None, rows[1:])):
            day = date.fromisoformat(row[0])
            for currency, value in zip(header[1:], row[1:], strict=True):
                if value.strip() not in ("", "N/A"):
                    found[currency][day] = _rate(value)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise _another(error) from None
    return found


def _rate(value: str) -> Decimal:
    found = Decimal(value)
    if not (found.is_finite() and found > 0):
        message = f"{value} is no rate"
        raise ValueError(message)
    return found


def _another(problem: object) -> UnreadableError:
    return UnreadableError(f"This is not the ECB's file eurofxref-hist: {problem}")
