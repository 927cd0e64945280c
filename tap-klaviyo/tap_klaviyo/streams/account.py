"""The account itself, its metrics and their meaning: small lists, read whole in every run."""

from __future__ import annotations

import typing as t
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.account import ACCOUNTS, MAPPED_METRICS, METRICS
from tap_klaviyo.client.jsonapi import record_of, related_id
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.streams.items import Records

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.items import Item, Record
    from tap_klaviyo.streams.stream_run import StreamRun


class Accounts(KlaviyoStream):
    """One record per account."""

    name = "accounts"
    endpoint = ACCOUNTS
    primary_keys = ("account_id",)
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("client", "The agency's own short name for the account, from the settings."),
        column("organization_name", "Name of the business."),
        column("timezone", "IANA time zone of the account's days."),
        column("preferred_currency", "ISO 4217 code of the currency the account reports in."),
        column("locale", "Language and region."),
        column("industry", "Kind of business."),
        column("test_account", "Whether this is a test account.", th.BooleanType),
        column("public_api_key", "The account's public site id."),
        column("contact_information", "Default sender and address.", th.ObjectType()),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Yield the account, which was read when its key was checked."""
        yield Records(self.name, [self.record(run, run.account.resource)])

    def record(self, run: StreamRun, item: Resource) -> Record:
        """Add the agency's name for the account, and the organization's."""
        contact = item["attributes"].get("contact_information") or {}
        added = {
            "client": run.account.client,
            "organization_name": contact.get("organization_name"),
            "contact_information": contact,
        }
        return record_of(run.account.id, item, self.schema, {**item["attributes"], **added})


class Metrics(KlaviyoStream):
    """One record per metric, a kind of event; names are neither unique nor stable, ids are."""

    name = "metrics"
    endpoint = METRICS
    primary_keys = ("account_id", "id")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the metric, different in every account.", required=True),
        column("name", "Name of the metric, such as `Placed Order`."),
        column("created", "When the metric appeared, UTC.", th.DateTimeType),
        column("updated", "When the metric last changed, UTC.", th.DateTimeType),
        column("integration_id", "Id of the integration that sends it."),
        column("integration_key", "Short name of the integration, `klaviyo` for Klaviyo's own."),
        column("integration_name", "Name of the integration, such as `Shopify`."),
        column("integration_category", "Category of the integration, such as `eCommerce`."),
        column("integration", "The integration as Klaviyo sends it.", th.ObjectType()),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Yield all metrics of the account, which other streams use too."""
        convert = partial(self.record, run)
        yield Records(self.name, run.convert(run.account.metrics(), convert))

    def record(self, run: StreamRun, item: Resource) -> Record:
        """Make columns of the integration's parts."""
        integration = item["attributes"].get("integration") or {}
        parts = ("id", "key", "name", "category")
        columns = {f"integration_{part}": _text(integration.get(part)) for part in parts}
        added = {"integration": integration, **columns}
        return record_of(run.account.id, item, self.schema, {**item["attributes"], **added})


class MappedMetrics(KlaviyoStream):
    """Which metric the account itself counts as `revenue`, `refunded_sales`, …."""

    name = "mapped_metrics"
    endpoint = MAPPED_METRICS
    primary_keys = ("account_id", "id")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column(
            "id", "The meaning: `revenue`, `refunded_sales`, `cancelled_sales`, …", required=True
        ),
        column("metric_id", "The metric that has this meaning."),
        column("custom_metric_id", "The custom metric that has this meaning, if it is one."),
        column("updated", "When the mapping was last changed, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Yield all mappings of the account, which other streams use too."""
        convert = partial(self.record, run)
        yield Records(self.name, run.convert(run.account.mapped_metrics(), convert))

    def record(self, run: StreamRun, item: Resource) -> Record:
        """Add the ids of the related metrics."""
        return {
            **super().record(run, item),
            "metric_id": related_id(item, "metric"),
            "custom_metric_id": related_id(item, "custom-metric"),
        }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
