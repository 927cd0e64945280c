"""Profiles: the people. Personal data, so not read unless selected."""

from __future__ import annotations

import typing as t
from datetime import timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.filters import all_of, greater_than, less_than
from tap_klaviyo.client.jsonapi import data_of, record_of
from tap_klaviyo.client.rate_limits import Limit
from tap_klaviyo.run.isolation import each
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.times import spans

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.streams.base import Item

PROFILES = Limit("profiles", burst=75, steady=750)
WINDOW = timedelta(days=30)
OVERLAP = timedelta(days=1)
TICK = timedelta(seconds=1)
"""`updated` can only be filtered by greater-than: a second earlier is greater-or-equal."""


class Profiles(KlaviyoStream):
    """One record per profile, read by when it was last changed."""

    name = "profiles"
    selected_by_default = False
    primary_keys = ("account_id", "id")
    replication_key = "updated"
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the profile.", required=True),
        column("email", "E-mail address."),
        column("phone_number", "Phone number, E.164."),
        column("external_id", "Id in another system."),
        column("first_name", "First name."),
        column("last_name", "Last name."),
        column("organization", "Company the person works for."),
        column("locale", "Language and region, BCP 47."),
        column("title", "Job title."),
        column("image", "URL of a picture."),
        column("created", "When it was made, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
        column("last_event_date", "When its last event happened, UTC.", th.DateTimeType),
        column("location", "Address, coordinates, time zone.", th.ObjectType()),
        column("properties", "The brand's own properties.", th.ObjectType()),
        column("subscriptions", "Consent per channel.", th.ObjectType()),
    ).to_dict()

    def read(self, account: Account) -> Iterator[Item]:
        """Windows of thirty days, each one a checkpoint.

        The first run begins with everybody who was not changed since the start date: a person
        is no less a customer for that.
        """
        until = self._tap.until
        since = self.since(account, OVERLAP)
        if self.bookmark(account) is None:
            yield from self._read_window(account, less_than("updated", min(since, until)))
            yield Checkpoint(min(since, until))
        for start, end in spans(since, until, WINDOW):
            bounds = all_of(greater_than("updated", start - TICK), less_than("updated", end))
            yield from self._read_window(account, bounds)
            yield Checkpoint(end)

    def _read_window(self, account: Account, bounds: str) -> Iterator[Records]:
        params = {
            "additional-fields[profile]": "subscriptions",
            "filter": bounds,
            "page[size]": "100",
            "sort": "updated",
        }
        for page in account.pages(self.name, PROFILES, "profiles", params):
            convert = partial(record_of, account.id, schema=self.schema)
            tally = account.tallies[self.name]
            yield Records(self.name, each(tally, self.name, self.name, data_of(page), convert))
