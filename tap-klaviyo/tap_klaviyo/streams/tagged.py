"""Tags of campaigns, flows, lists and segments: they come with a listing, at no further request."""

from __future__ import annotations

import typing as t

from tap_klaviyo.client.errors import StreamSkipped
from tap_klaviyo.client.jsonapi import related_ids

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.client.endpoint import Endpoint
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.stream_run import StreamRun

NO_TAGS = "`tag_ids` is left empty: the key may not read tags. Give it the scope tags:read."


def tagged_pages(
    run: StreamRun, endpoint: Endpoint, params: dict[str, str]
) -> Iterator[dict[str, t.Any]]:
    """A listing's pages with the tags of its items, or without if the key may not read tags.

    Which scopes including tags needs is not documented. A refusal costs one request per account
    and stream.
    """
    included = ",".join(filter(None, (params.get("include"), "tags")))
    # Another stream of the account, in its own thread, may find out meanwhile.
    asks_tags = run.account.reads_tags
    pages = run.pages(endpoint, {**params, "include": included} if asks_tags else params)
    try:
        first = next(pages)
    except StreamSkipped:
        if not asks_tags:
            raise
        pages = run.pages(endpoint, params)
        first = next(pages)  # refused as well if it is the listing that the key may not read
        run.account.reads_tags = False
    if not run.account.reads_tags:
        run.stats.record_note(NO_TAGS)
    yield first
    yield from pages


def tag_ids(run: StreamRun, item: Resource) -> list[str] | None:
    """Ids of an item's tags; None if tags were not asked for."""
    return related_ids(item, "tags") if run.account.reads_tags else None
