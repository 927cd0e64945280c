"""What an answer may look like besides the usual, as data read off Klaviyo's API description.

Optional there are relationships, the links of a document and of a relationship, `included`,
and almost every attribute; an integration is an object of any kind, or null.
"""

from __future__ import annotations

from typing import Any

# Attributes that no total rests on: they may be null, or absent.
NOT_NEEDED: dict[str, tuple[str, ...]] = {
    "account": ("industry",),
    "campaign": ("created_at",),
    "campaign-audience": ("created",),
    "campaign-message": ("created",),
    "campaign-variation": ("created", "updated"),
    "event": ("timestamp", "uuid"),
    "flow": ("created", "trigger_type"),
    "flow-action": ("created", "updated"),
    "flow-message": ("created",),
    "list": ("created", "opt_in_process"),
    "metric": ("created", "updated"),
    "profile": ("image", "locale", "organization", "title"),
    "segment": ("created", "definition"),
    "template": ("amp", "created"),
}

# Values that the description does not name; only of attributes that no total rests on.
OTHER_VALUES: dict[str, dict[str, str]] = {
    "flow": {"trigger_type": "Something New"},
    "list": {"opt_in_process": "some_other_opt_in"},
    "template": {"editor_type": "SOME_OTHER_EDITOR"},
}

# What an integration consists of. Klaviyo's own metrics may leave it out: their names are known.
INTEGRATIONS: dict[str, tuple[tuple[str, ...] | None, ...]] = {
    "klaviyo": (
        ("object", "id", "key", "name", "category"),
        ("object", "id", "name", "category"),
        ("id", "name"),
        ("key",),
        ("object", "id", "category"),
        (),
        None,
    ),
    "other": (
        ("object", "id", "key", "name", "category"),
        ("object", "id", "name", "category"),
        ("key",),
        ("object", "id", "category"),
    ),
}

# Resources that name each other: which side leaves it out, `*` for all of its relationships.
LOCATED_ONCE = (
    ("campaign", "*"),
    ("campaign", "campaign-messages"),
    ("campaign-message", "campaign"),
)

MOMENTS = frozenset({
    "as_of", "created", "created_at", "date_times", "dates", "datetime", "last_event_date",
    "period_end", "period_start", "send_time", "updated", "updated_at",
})  # fmt: skip

# What brands put in themselves.
OWN_WORDS = frozenset({"event_properties", "properties"})

# Objects whose keys are what was asked for.
NUMBERS = frozenset({"measurements", "statistics"})

UNKNOWN: tuple[tuple[str, Any], ...] = (
    ("meta", {}),
    ("some_new_flag", True),
    ("some_new_text", "2027-01-01"),
    ("some_new_object", {"data": None, "id": 1}),
    ("some_new_list", [[], {"type": "unknown"}]),
)

# Of the forms of limit_headers.py those that tell the limits, or tests would wait for real ones.
LIMITS = ("windows", "reordered", "minute")
