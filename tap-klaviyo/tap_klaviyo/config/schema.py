"""The tap's settings, as `--about` and Meltano show them."""

from __future__ import annotations

import json
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


def tidy(config: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Settings as they are meant: nothing for null and for empty text, JSON for its text.

    Meltano hands lists on as text: had it to decode them itself, it would show what it could not
    decode, keys included. Text that is not JSON stays text, for `checks` to refuse. Blanks around
    text mean nothing.
    """
    kept = {name: _stripped(value) for name, value in config.items()}
    for name in ("accounts", "breakdowns"):
        if isinstance(kept.get(name), str):
            kept[name] = _decoded(kept[name])
    if isinstance(kept.get("accounts"), list):
        kept["accounts"] = [_without_blanks(entry) for entry in kept["accounts"]]
    return {name: value for name, value in kept.items() if value is not None and value != ""}


def of_the_sdk(errors: t.Iterable[str]) -> list[str]:
    """The SDK's complaints, less those of our own settings: they may quote a key."""
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
