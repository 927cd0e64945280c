"""The schema of the tap's settings, as `--about` and Meltano show it."""

from __future__ import annotations

import json
import typing as t

from singer_sdk import typing as th

from tap_klaviyo.config.privacy import ACTIONS
from tap_klaviyo.run.concurrency import REQUESTS_IN_FLIGHT

ACCOUNT = th.ObjectType(
    th.Property(
        "client",
        th.StringType,
        required=True,
        description="The agency's own short name for the account, unique.",
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
        description="Dimensions to group by, as Klaviyo names them.",
    ),
)

SETTINGS = th.PropertiesList(
    th.Property(
        "accounts",
        th.ArrayType(ACCOUNT),
        secret=True,
        title="Accounts",
        description="One entry per account: `client`, `api_key`. Required unless `api_key` is set.",
    ),
    th.Property(
        "api_key",
        th.StringType,
        secret=True,
        title="API key",
        description="Private API key of a single account, instead of `accounts`.",
    ),
    th.Property(
        "client",
        th.StringType,
        title="Client",
        description="Short name of a single account, with `api_key`; `default` if omitted.",
    ),
    th.Property(
        "api_url",
        th.StringType,
        default="https://a.klaviyo.com/api",
        title="API URL",
        description="Address of Klaviyo's API.",
    ),
    th.Property(
        "revision",
        th.StringType,
        default="2026-10-15",
        title="API revision",
        description="The API revision of every request.",
    ),
    th.Property(
        "start_date",
        th.DateTimeType,
        title="Start date",
        description="Where the history of the first run begins; one year ago if omitted.",
    ),
    th.Property(
        "events_lookback_days",
        th.IntegerType(minimum=0),
        default=7,
        title="Events look-back",
        description="Days back that events are re-read: events and attribution arrive late.",
    ),
    th.Property(
        "events_reread",
        th.StringType,
        default="changed",
        title="Events re-read",
        description="Days of the look-back that are re-read: `changed` ones, or `all`.",
    ),
    th.Property(
        "aggregates_lookback_days",
        th.IntegerType(minimum=0),
        default=14,
        title="Aggregates look-back",
        description="Days of metric aggregates re-read in every run: Klaviyo restates them.",
    ),
    th.Property(
        "breakdowns",
        th.ArrayType(BREAKDOWN),
        default=[],
        title="Breakdowns",
        description="Further breakdowns of metric aggregates: `metric` (name or id) and `by`.",
    ),
    th.Property(
        "private_properties",
        th.ObjectType(additional_properties=th.StringType(allowed_values=list(ACTIONS))),
        default={},
        title="Private properties",
        description="Event properties not to be stored, by name: `drop`, or `hash` (SHA-256).",
    ),
    th.Property(
        "max_retry_wait_seconds",
        th.IntegerType(minimum=0),
        default=300,
        title="Longest wait",
        description="Seconds; a stream that has to wait longer is deferred to the next run.",
    ),
    th.Property(
        "concurrency",
        th.IntegerType(minimum=1),
        default=REQUESTS_IN_FLIGHT,
        title="Concurrency",
        description="Requests in flight at the same time, over all accounts.",
    ),
    th.Property(
        "shard",
        th.StringType,
        title="Shard",
        description="Reads a part of the accounts: `3/16` is the third of sixteen.",
    ),
    th.Property(
        "run_id",
        th.StringType,
        title="Run id",
        description="Id of the run in `sync_log`, to be shared by all shards; begins with a time.",
    ),
)


def normalize(config: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Decode lists and objects given as JSON text, strip text, and drop what is null or empty.

    Meltano passes them as text: if it decoded them itself, it would show what it cannot decode,
    keys included. Text that is not JSON stays text, for `validation` to reject.
    """
    kept = {name: _stripped(value) for name, value in config.items()}
    for name in ("accounts", "breakdowns", "private_properties"):
        if isinstance(kept.get(name), str):
            kept[name] = _decoded(kept[name])
    if isinstance(kept.get("accounts"), list):
        kept["accounts"] = [_without_blanks(entry) for entry in kept["accounts"]]
    return {name: value for name, value in kept.items() if value is not None and value != ""}


def without_own_settings(errors: t.Iterable[str]) -> list[str]:
    """The SDK's errors, less those about the tap's own settings: they may quote a key."""
    ours = tuple(f"in config['{name}'" for name in SETTINGS.to_dict()["properties"])
    return [text for text in errors if not any(place in text for place in ours)]


def _stripped(value: t.Any) -> t.Any:  # noqa: ANN401 - a setting may be anything
    return value.strip().lstrip("\ufeff") if isinstance(value, str) else value


def _without_blanks(entry: t.Any) -> t.Any:  # noqa: ANN401 - an entry may be anything
    if not isinstance(entry, dict):
        return entry
    return {name: _stripped(value) for name, value in entry.items()}


def _decoded(text: str) -> t.Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text)
    except ValueError:
        return text
