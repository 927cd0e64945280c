"""JSON:API documents: decoded, and from one page of a listing to the next."""

from __future__ import annotations

import typing as t
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from tap_klaviyo.client.errors import StreamFailed, Unreadable
from tap_klaviyo.client.sanitize import load

if t.TYPE_CHECKING:
    from tap_klaviyo.run.run_stats import Tally


class CarriesErrors(Exception):
    """A document holds `errors` although the status says that all is well."""


def decode(raw: bytes, tally: Tally) -> dict[str, t.Any]:
    """Decode a JSON:API document and change what a database could not hold.

    Args:
        raw: What was received.
        tally: Where the changes are counted.

    Raises:
        ValueError: It is not JSON, or not all of it.
        CarriesErrors: It holds errors; what else it holds is not to be believed.
        Unreadable: It is JSON of another shape than Klaviyo documents.
    """
    changes: Counter[str] = Counter()
    document = load(raw, changes)
    if isinstance(document, dict) and document.get("errors"):
        raise CarriesErrors
    if not isinstance(document, dict) or "data" not in document:
        msg = "The answer is JSON of another shape than Klaviyo documents."
        raise Unreadable(msg)
    tally.change(changes)
    return document


def following(page: dict[str, t.Any]) -> str | None:
    """Address of the next page, None on the last one."""
    return (page.get("links") or {}).get("next")


class Followed:
    """The pages of one listing that were asked for, so that none is asked for twice."""

    def __init__(self, path: str, first: str) -> None:
        """Begin a listing.

        Args:
            path: What is listed, for the error.
            first: Address of the first page.
        """
        self._path = path
        self._seen = {_asked_for(first)}

    def add(self, url: str) -> None:
        """Note the next page.

        Raises:
            StreamFailed: It was read already: following it, the listing would never end.
        """
        page = _asked_for(url)
        if page in self._seen:
            msg = (
                f"{self._path}: Klaviyo's page {len(self._seen)} leads back to one that was read "
                "already: not followed. The next run tries again; please report it if it lasts."
            )
            raise StreamFailed(msg)
        self._seen.add(page)


def _asked_for(url: str) -> tuple[str, ...]:
    """What an address asks for, however its query is spelt."""
    parts = urlsplit(url)
    return (parts.path, *(f"{k}={v}" for k, v in sorted(parse_qsl(parts.query))))
