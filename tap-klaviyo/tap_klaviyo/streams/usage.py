"""How much of its Klaviyo plan an account has used."""

from __future__ import annotations

import typing as t

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.times import local_day, parse

if t.TYPE_CHECKING:
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.items import Record
    from tap_klaviyo.streams.stream_run import StreamRun


class BillingUsage(KlaviyoStream):
    """One record per kind of usage and day; Klaviyo reports the current value only.

    Several runs on one day replace each other's records.
    """

    name = "billing_usage"
    endpoint = Endpoint("billing-usage", burst=10, steady=150, scope="usage:read")
    primary_keys = ("account_id", "id", "date")
    has_days = True
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "The kind of usage, such as `email_sends`.", required=True),
        column(
            "date",
            "Day on which it was read, in the account's time zone.",
            th.DateType,
            required=True,
        ),
        column("unit", "Unit of the usage, such as `messages` or `USD`."),
        column("usage_used", "Usage in the billing period so far.", th.NumberType),
        column("usage_max", "What the plan allows in it.", th.IntegerType),
        column("period_start", "Beginning of the billing period, UTC.", th.DateTimeType),
        column("period_end", "Its end, exclusive, UTC.", th.DateTimeType),
        column("as_of", "When it was read, UTC.", th.DateTimeType),
    ).to_dict()

    def record(self, run: StreamRun, item: Resource) -> Record:
        """Add the account's local day."""
        day = local_day(parse(item["attributes"]["as_of"]), run.account.zone)
        return {**super().record(run, item), "date": day.isoformat()}
