"""Building blocks of the schemas: a column is one line with a name and a description."""

from __future__ import annotations

import typing as t

from singer_sdk import typing as th


def column(
    name: str,
    meaning: str,
    kind: t.Any = th.StringType,  # noqa: ANN401 - the SDK's types have no common public base
    *,
    required: bool = False,
) -> th.Property[t.Any]:
    """Declare a column.

    Args:
        name: Name of the column.
        meaning: Description shown in the catalog, with unit and time zone.
        kind: JSON type; text by default.
        required: Whether every record has a value, as keys do.
    """
    return th.Property(name, kind, required=required, description=meaning)


ACCOUNT_ID = column("account_id", "Klaviyo's id of the account.", required=True)

LIST = th.CustomType({"type": ["array", "null"]})
"""A list of items as Klaviyo sends them."""

TAG_IDS = column(
    "tag_ids",
    "Ids of its tags; empty if the key may not read tags.",
    LIST,
)

SEND_CHANNEL = column(
    "send_channel", "`email`, `sms`, `push-notification` or `whatsapp`.", required=True
)
VARIATION = column("variation_id", "The variation, empty if there is none.", required=True)
CONVERSION_METRIC = column(
    "conversion_metric_id",
    "The conversion metric: the one mapped to revenue, empty if there is none.",
    required=True,
)
READ_AT = column(
    "read_at",
    "When it was read, UTC; the same for all records of a window.",
    th.DateTimeType,
)


def numbers(statistics: dict[str, str]) -> list[th.Property[t.Any]]:
    """A column for each statistic of a report; empty if Klaviyo has no value."""
    return [column(name, meaning, th.NumberType) for name, meaning in statistics.items()]
