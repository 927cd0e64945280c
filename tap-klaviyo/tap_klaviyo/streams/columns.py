"""Building blocks of the schemas, so that a column is one line with a name and a meaning."""

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
        meaning: Description shown in the catalog; units and time zone belong here.
        kind: JSON type, text unless said otherwise.
        required: Whether every record has a value; keys do.
    """
    return th.Property(name, kind, required=required, description=meaning)


ACCOUNT_ID = column("account_id", "Klaviyo's id of the account.", required=True)
