"""Profiles: people. Personal data, so not selected by default."""

from __future__ import annotations

import typing as t
from datetime import timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.filters import all_of, greater_than, less_than
from tap_klaviyo.client.jsonapi import data_of
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.streams.items import Checkpoint, Records
from tap_klaviyo.times import spans

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.streams.items import Item
    from tap_klaviyo.streams.stream_run import StreamRun

WINDOW = timedelta(days=30)
OVERLAP = timedelta(days=1)  # changes in this span before the bookmark are re-read
ONE_SECOND = timedelta(seconds=1)
"""`updated` can only be filtered by greater-than: a second earlier is greater-or-equal."""


class Profiles(KlaviyoStream):
    """One record per profile, read by when it was last changed."""

    name = "profiles"
    selected_by_default = False
    endpoint = Endpoint("profiles", burst=75, steady=750, page_size=100, scope="profiles:read")
    params: t.ClassVar = {"additional-fields[profile]": "subscriptions", "sort": "updated"}
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the profile.", required=True),
        column("email", "Email address."),
        column("phone_number", "Phone number, E.164."),
        column("external_id", "Id in another system."),
        column("first_name", "First name."),
        column("last_name", "Last name."),
        column("organization", "Company the person works for."),
        column("locale", "Language and region, BCP 47."),
        column("title", "Job title."),
        column("image", "URL of a picture."),
        column("created", "When it was created, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
        column("last_event_date", "When its last event happened, UTC.", th.DateTimeType),
        column("location", "Address, coordinates, time zone.", th.ObjectType()),
        column("properties", "Custom properties.", th.ObjectType()),
        column("subscriptions", "Consent per channel.", th.ObjectType()),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Read windows of thirty days, each one a checkpoint.

        The first run begins with all profiles that did not change since the start date: they
        belong to the account as well.
        """
        since = run.since(OVERLAP)
        if run.state.bookmark is None:
            first = min(since, run.until)
            yield from self._read_window(run, less_than("updated", first))
            yield Checkpoint(first)
        for start, end in spans(since, run.until, WINDOW):
            bounds = all_of(greater_than("updated", start - ONE_SECOND), less_than("updated", end))
            yield from self._read_window(run, bounds)
            yield Checkpoint(end)

    def _read_window(self, run: StreamRun, bounds: str) -> Iterator[Records]:
        for page in run.pages(self.endpoint, {**self.params, "filter": bounds}):
            convert = partial(self.record, run)
            yield Records(self.name, run.convert(data_of(page), convert))
