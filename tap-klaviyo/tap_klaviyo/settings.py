"""The tap's settings, as `--about` and Meltano show them."""

from __future__ import annotations

import json
import re
import typing as t

from singer_sdk import typing as th

ACCOUNT = th.ObjectType(
    th.Property(
        "client",
        th.StringType,
        required=True,
        description="The agency's own short name for the brand, unique.",
    ),
    th.Property(
        "api_key", th.StringType, required=True, secret=True, description="Private key (`pk_…`)."
    ),
)

BREAKDOWN = th.ObjectType(
    th.Property("metric", th.StringType, required=True, description="Name or id of the metric."),
    th.Property(
        "by",
        th.ArrayType(th.StringType),
        required=True,
        description="Dimensions to group by, in Klaviyo's words.",
    ),
)

SETTINGS = th.PropertiesList(
    th.Property(
        "accounts",
        th.ArrayType(ACCOUNT),
        secret=True,
        title="Accounts",
        description="One entry per brand: `client` and `api_key`. Needed unless `api_key` is set.",
    ),
    th.Property(
        "api_key",
        th.StringType,
        secret=True,
        title="API key",
        description="Private API key of the only account, in place of `accounts`.",
    ),
    th.Property(
        "client",
        th.StringType,
        title="Client",
        description="Short name of the only account, with `api_key`; `default` if left out.",
    ),
    th.Property(
        "api_url",
        th.StringType,
        default="https://a.klaviyo.com/api",
        title="API URL",
        description="Where Klaviyo answers.",
    ),
    th.Property(
        "revision",
        th.StringType,
        default="2026-10-15",
        title="API revision",
        description="The API revision every request asks for.",
    ),
    th.Property(
        "start_date",
        th.DateTimeType,
        title="Start date",
        description="How far back the first run reaches; one year if left out.",
    ),
    th.Property(
        "events_lookback_days",
        th.IntegerType(minimum=0),
        default=7,
        title="Events look-back",
        description="Days of events read again in every run: events and attribution arrive late.",
    ),
    th.Property(
        "aggregates_lookback_days",
        th.IntegerType(minimum=0),
        default=14,
        title="Aggregates look-back",
        description="Days of metric aggregates read again in every run: Klaviyo restates them.",
    ),
    th.Property(
        "breakdowns",
        th.ArrayType(BREAKDOWN),
        default=[],
        title="Breakdowns",
        description="Further breakdowns of metric aggregates: `metric` (name or id) and `by`.",
    ),
    th.Property(
        "max_retry_wait_seconds",
        th.IntegerType(minimum=0),
        default=300,
        title="Longest wait",
        description="A stream that would have to wait longer for Klaviyo is left to the next run.",
    ),
    th.Property(
        "concurrency",
        th.IntegerType(minimum=1),
        default=64,
        title="Concurrency",
        description="Requests in flight at once over all accounts.",
    ),
)


def decoded(config: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """`accounts`, if it is given as JSON text; nothing if it is not, or not JSON.

    Meltano hands it on as text: had it to decode the list itself, it would show what it could
    not decode, keys included.
    """
    text = config.get("accounts")
    try:
        return {"accounts": json.loads(text)} if isinstance(text, str) else {}
    except ValueError:
        return {}


def without_value(error: str) -> str:
    """A complaint about the settings, less the value it quotes: it may be a key."""
    return re.sub(r"^.*(?= is not of type )", "The value", error, flags=re.DOTALL)
