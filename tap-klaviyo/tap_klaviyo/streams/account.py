"""What an account is and what its metrics mean: small lists, read whole in every run."""

from __future__ import annotations

import typing as t
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.jsonapi import related_id
from tap_klaviyo.run.isolation import each
from tap_klaviyo.streams.base import KlaviyoStream, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, column
from tap_klaviyo.times import utc_text

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.base import Item, Record


class Accounts(KlaviyoStream):
    """The brands: one record per account."""

    name = "accounts"
    primary_keys = ("account_id",)
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("client", "The agency's own short name for the brand, from the settings."),
        column("organization_name", "Name of the business."),
        column("timezone", "IANA time zone the account's days are cut in."),
        column("preferred_currency", "ISO 4217 code of the currency the account reports in."),
        column("locale", "Language and region."),
        column("industry", "Kind of business."),
        column("test_account", "Whether this is a test account.", th.BooleanType),
        column("public_api_key", "The account's public site id."),
        column("contact_information", "Default sender and address.", th.ObjectType()),
    ).to_dict()

    def read(self, account: Account) -> Iterator[Item]:
        """The account was asked for when its key was checked."""
        attributes = account.resource["attributes"]
        contact = attributes.get("contact_information") or {}
        fields = ("timezone", "preferred_currency", "locale", "industry", "test_account")
        record = {
            "account_id": account.id,
            "client": account.client,
            "organization_name": contact.get("organization_name"),
            "public_api_key": attributes.get("public_api_key"),
            "contact_information": contact,
            **{name: attributes.get(name) for name in fields},
        }
        yield Records(self.name, [record])


class Metrics(KlaviyoStream):
    """The kinds of event an account has; names are neither unique nor stable, ids are."""

    name = "metrics"
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

    def read(self, account: Account) -> Iterator[Item]:
        """All metrics of the account."""
        tally, convert = account.tallies[self.name], partial(self._record, account)
        yield Records(self.name, each(tally, self.name, self.name, account.metrics(), convert))

    @staticmethod
    def _record(account: Account, metric: Resource) -> Record:
        attributes = metric["attributes"]
        integration = attributes.get("integration") or {}
        parts = ("id", "key", "name", "category")
        return {
            "account_id": account.id,
            "id": metric["id"],
            "name": attributes.get("name"),
            "created": utc_text(attributes.get("created")),
            "updated": utc_text(attributes.get("updated")),
            "integration": integration,
            **{f"integration_{part}": _text(integration.get(part)) for part in parts},
        }


class MappedMetrics(KlaviyoStream):
    """Which metric the account itself treats as `revenue`, `refunded_sales`, …."""

    name = "mapped_metrics"
    primary_keys = ("account_id", "id")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column(
            "id", "The meaning: `revenue`, `refunded_sales`, `cancelled_sales`, …", required=True
        ),
        column("metric_id", "The metric that has this meaning."),
        column("custom_metric_id", "The custom metric that has it, where it is one."),
        column("updated", "When the mapping was last changed, UTC.", th.DateTimeType),
    ).to_dict()

    def read(self, account: Account) -> Iterator[Item]:
        """All mappings of the account."""
        tally, convert = account.tallies[self.name], partial(self._record, account)
        found = each(tally, self.name, "mapped-metrics", account.mapped_metrics(), convert)
        yield Records(self.name, found)

    @staticmethod
    def _record(account: Account, mapping: Resource) -> Record:
        return {
            "account_id": account.id,
            "id": mapping["id"],
            "metric_id": related_id(mapping, "metric"),
            "custom_metric_id": related_id(mapping, "custom-metric"),
            "updated": utc_text(mapping["attributes"].get("updated")),
        }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
