"""From one page of a listing to the next."""

from __future__ import annotations

import typing as t
from urllib.parse import parse_qsl, urlsplit

from tap_klaviyo.client.errors import StreamFailed


def next_url(page: dict[str, t.Any]) -> str | None:
    """Address of the next page, None on the last one."""
    return (page.get("links") or {}).get("next")


class PageLoopGuard:
    """Remembers the pages of one listing, and refuses to read one of them twice."""

    def __init__(self, path: str, first: str) -> None:
        """Start a listing.

        Args:
            path: What is listed, for the error message.
            first: Address of the first page.
        """
        self._path = path
        self._seen = {_normalized(first)}

    def check(self, url: str) -> None:
        """Record the next page.

        Raises:
            StreamFailed: It was read before: following it, the listing would never end.
        """
        page = _normalized(url)
        if page in self._seen:
            msg = (
                f"{self._path}: page {len(self._seen)} links back to a page that was already read: "
                "not followed. The next run tries again; report this if it persists."
            )
            raise StreamFailed(msg)
        self._seen.add(page)


def _normalized(url: str) -> tuple[str, ...]:
    """Path and query parameters, in any encoding and order."""
    parts = urlsplit(url)
    return (parts.path, *(f"{k}={v}" for k, v in sorted(parse_qsl(parts.query))))
