"""How many members lists have: a number that Klaviyo gives list by list, slowly, for now only."""

from __future__ import annotations

import math
import typing as t
from datetime import datetime
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.jsonapi import data_of, record_of, valid_resource
from tap_klaviyo.run.isolation import Subject
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.collections import Lists
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.streams.items import Records
from tap_klaviyo.times import UTC, local_day, to_z

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.items import Item, Record
    from tap_klaviyo.streams.stream_run import StreamRun

LISTS_PER_RUN = 3
"""Klaviyo allows a size a second and fifteen a minute: more would delay a run of many lists."""

PARAMS = {"additional-fields[list]": "profile_count", "fields[list]": "profile_count"}


class ListSizes(KlaviyoStream):
    """One record per list and day on which its members were counted; there is no history.

    An account with more than `LISTS_PER_RUN` lists has that many of them read per run, in turn by
    day. Several runs on one day replace each other's records.
    """

    name = "list_sizes"
    endpoint = Endpoint("lists/{id}", burst=1, steady=15, scope="lists:read", kind="list-sizes")
    primary_keys = ("account_id", "list_id", "date")
    has_days = True
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("list_id", "Klaviyo's id of the list.", required=True),
        column(
            "date",
            "Day on which it was read, in the account's time zone.",
            th.DateType,
            required=True,
        ),
        column("profile_count", "Profiles that are members of it.", th.IntegerType),
        column("read_at", "When it was read, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Read the sizes of the lists whose turn it is."""
        day = local_day(run.until, run.account.zone)
        lists = _list_ids(run)
        chosen = turn(lists, day, LISTS_PER_RUN)
        if len(chosen) < len(lists):
            runs = math.ceil(len(lists) / LISTS_PER_RUN)
            run.stats.record_note(
                f"{len(chosen)} of {len(lists)} lists were counted: Klaviyo tells few sizes a "
                f"minute, so lists take turns, each every {runs} days."
            )
        for list_id in chosen:
            with run.isolate(run.own_records, list_id):
                document = run.get(self.endpoint.of(list_id), PARAMS)
                convert = partial(self._size, run.account.id, day)
                yield Records(self.name, run.convert([document["data"]], convert))

    def _size(self, account_id: str, day: date, item: Resource) -> Record:
        known = {
            "list_id": item["id"],
            "date": day.isoformat(),
            "profile_count": item["attributes"]["profile_count"],
            "read_at": to_z(datetime.now(UTC)),
        }
        return record_of(account_id, item, self.schema, known)


def turn(lists: list[str], day: date, size: int) -> list[str]:
    """The lists whose turn it is on a day: as many as `size`, beginning where the day before ended.

    Args:
        lists: Ids, in an order that stays the same from day to day.
        day: The day.
        size: How many at most.
    """
    start = day.toordinal() * size
    numbers = range(start, start + min(size, len(lists)))
    return [lists[number % len(lists)] for number in numbers]


def _list_ids(run: StreamRun) -> list[str]:
    """Ids of all lists, sorted: Klaviyo's own order may differ from run to run."""
    subject = Subject("lists", Lists.endpoint.path)
    pages = run.pages(Lists.endpoint, {"fields[list]": "created"})
    return sorted(
        item["id"] for page in pages for item in run.convert(data_of(page), valid_resource, subject)
    )
