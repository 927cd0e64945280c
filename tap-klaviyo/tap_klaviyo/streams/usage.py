"""How much of its plan an account has used."""

from __future__ import annotations

import typing as t
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.jsonapi import data_of, record_of
from tap_klaviyo.client.rate_limits import Limit
from tap_klaviyo.run.isolation import each
from tap_klaviyo.streams.base import KlaviyoStream, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.times import local_day, parse

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.base import Item, Record

BILLING_USAGE = Limit("billing-usage", burst=10, steady=150)


class BillingUsage(KlaviyoStream):
    """One record per kind of usage and day; Klaviyo tells only how it stands now.

    Several runs of a day replace each other's records.
    """

    name = "billing_usage"
    primary_keys = ("account_id", "id", "date")
    has_days = True
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "The kind of usage, such as `email_sends`.", required=True),
        column("date", "Day of the reading, in the account's zone.", th.DateType, required=True),
        column("unit", "What is counted, such as `messages` or `USD`."),
        column("usage_used", "Used in the billing period so far.", th.NumberType),
        column("usage_max", "What the plan allows in it.", th.IntegerType),
        column("period_start", "Beginning of the billing period, UTC.", th.DateTimeType),
        column("period_end", "Its end, exclusive, UTC.", th.DateTimeType),
        column("as_of", "When it was read, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, account: Account) -> Iterator[Item]:
        """Everything the account's plan counts."""
        for page in account.pages(self.name, BILLING_USAGE, "billing-usage"):
            tally, convert = account.tallies[self.name], partial(self._record, account)
            records = each(tally, self.name, "billing-usage", data_of(page), convert)
            yield Records(self.name, records)

    def _record(self, account: Account, item: Resource) -> Record:
        day = local_day(parse(item["attributes"]["as_of"]), account.zone)
        return {**record_of(account.id, item, self.schema), "date": day.isoformat()}
