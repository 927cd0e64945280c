"""What each endpoint allows, as data, read off Klaviyo's API description.

Revision 2026-07-15 throughout, with the campaign model of 2026-10-15.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NEWEST = "2026-10-15"
SUPPORTED = frozenset({"2026-07-15", NEWEST})
RETIRED_UP_TO = "2024-10-15"

_RANGE = ("greater-or-equal", "greater-than", "less-or-equal", "less-than")
_TEXT = ("contains", "ends-with", "equals", "starts-with")


@dataclass(frozen=True)
class Field:
    """A field one may filter by.

    Attributes:
        operators: The operators allowed on it.
        kind: 'text', 'time', 'number', 'bool', or 'resource' for has().
        path: Where its value is in the resource, dotted.
    """

    operators: tuple[str, ...]
    kind: str
    path: str


@dataclass(frozen=True)
class Limit:
    """Requests allowed per account in a second and in a minute."""

    burst: int
    steady: int


@dataclass(frozen=True)
class Endpoint:
    """One operation.

    Attributes:
        name: The sandbox's name of it; also what the rate limit counts by.
        path: Path below /api, with {id}.
        filters: Allowed filters by field.
        sorts: Dotted path by field one may sort by, '-' in front reverses.
        default_sort: The order without `sort`.
        include: Allowed values of `include`.
        fields: Sparse fieldsets by resource type.
        page_size: Default and maximum of page[size]; None if the parameter does not exist.
        page_fixed: Page length where page[size] does not exist; 0 for all in one page.
        since: The oldest revision with this shape.
    """

    name: str
    path: str
    scope: str
    limit: Limit
    method: str = "GET"
    filters: dict[str, Field] = field(default_factory=dict)
    sorts: dict[str, str] = field(default_factory=dict)
    default_sort: str = "id"
    include: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    page_size: tuple[int, int] | None = None
    page_fixed: int = 0
    since: str = "2026-07-15"


_SMALL = Limit(1, 15)
_MEDIUM = Limit(10, 150)
_SLOW = Limit(3, 60)
_WIDE = Limit(350, 3500)

_METRIC_FIELDS = ("created", "id", "integration", "name", "updated")
_FLOW_FIELDS = ("archived", "created", "id", "name", "status", "trigger_type", "updated")
_ACCOUNT_FIELDS = (
    "contact_information", "id", "industry", "locale", "preferred_currency", "public_api_key",
    "test_account", "timezone",
)  # fmt: skip
_PROFILE_FIELDS = (
    "created", "email", "external_id", "first_name", "id", "image", "last_event_date", "last_name",
    "locale", "location", "organization", "phone_number", "properties", "title", "updated",
)  # fmt: skip


def _times(*pairs: tuple[str, str], also: tuple[str, ...] = ()) -> dict[str, Field]:
    return {name: Field((*also, *_RANGE), "time", path) for name, path in pairs}


_FLOW_TIMES = _times(
    ("created", "attributes.created"), ("updated", "attributes.updated"), also=("equals",)
)
_NAMED = {"created": "attributes.created", "id": "id", "updated": "attributes.updated"}

ENDPOINTS = (
    Endpoint("accounts", "/accounts", "accounts:read", _SMALL, fields={"account": _ACCOUNT_FIELDS}),
    Endpoint(
        "account", "/accounts/{id}", "accounts:read", _SMALL, fields={"account": _ACCOUNT_FIELDS}
    ),
    Endpoint(
        "metrics", "/metrics", "metrics:read", _MEDIUM,
        filters={
            "integration.name": Field(("equals",), "text", "attributes.integration.name"),
            "integration.category": Field(("equals",), "text", "attributes.integration.category"),
        },
        include=("flow-triggers",),
        fields={"metric": _METRIC_FIELDS, "flow": _FLOW_FIELDS},
        page_fixed=200,
    ),
    Endpoint(
        "mapped-metrics", "/mapped-metrics", "metrics:read", _SLOW,
        include=("custom-metric", "metric"),
        fields={
            "mapped-metric": ("id", "updated"),
            "metric": _METRIC_FIELDS,
            "custom-metric": ("created", "definition", "id", "name", "updated"),
        },
    ),
    Endpoint(
        "metric-aggregates", "/metric-aggregates", "metrics:read", _SLOW, method="POST",
        fields={"metric-aggregate": ("data", "dates", "id")},
    ),
    Endpoint(
        "events", "/events", "events:read", _WIDE,
        filters={
            "datetime": Field(_RANGE, "time", "datetime"),
            "timestamp": Field(_RANGE, "number", "timestamp"),
            "metric_id": Field(("equals",), "text", "metric_id"),
            "profile_id": Field(("equals",), "text", "profile_id"),
            "metric": Field(("has",), "resource", "metric"),
            "profile": Field(("has",), "resource", "profile"),
        },
        sorts={"datetime": "datetime", "timestamp": "datetime"},
        default_sort="-datetime",
        include=("attributions", "metric", "profile"),
        fields={
            "event": ("datetime", "event_properties", "id", "timestamp", "uuid"),
            "attribution": ("id",),
            "metric": _METRIC_FIELDS,
            "profile": _PROFILE_FIELDS,
        },
        page_size=(200, 1000),
    ),
    Endpoint(
        "campaigns", "/campaigns", "campaigns:read", _MEDIUM,
        filters={
            "id": Field(("any",), "text", "id"),
            "name": Field(("contains",), "text", "attributes.definition.name"),
            "archived": Field(("equals",), "bool", "attributes.definition.archived"),
            "builder": Field(("equals",), "text", "attributes.definition.builder"),
            **_times(
                ("created_at", "attributes.created_at"), ("updated_at", "attributes.updated_at")
            ),
        },
        sorts={
            "created_at": "attributes.created_at",
            "id": "id",
            "name": "attributes.definition.name",
            "updated_at": "attributes.updated_at",
        },
        default_sort="-created_at",
        include=("campaign-audiences", "campaign-messages", "tags"),
        fields={
            "campaign": ("created_at", "definition", "id", "updated_at"),
            "campaign-message": ("created", "definition", "id", "updated"),
            "campaign-audience": ("created", "definition", "id", "updated"),
            "tag": ("id", "name"),
        },
        page_size=(100, 100),
        since=NEWEST,
    ),
    Endpoint(
        "campaign-variations", "/campaign-messages/{id}/campaign-variations", "campaigns:read",
        _MEDIUM,
        fields={"campaign-variation": ("created", "definition", "id", "updated")},
        since=NEWEST,
    ),
    Endpoint(
        "flows", "/flows", "flows:read", _SLOW,
        filters={
            "id": Field(("any",), "text", "id"),
            "name": Field(_TEXT, "text", "attributes.name"),
            "status": Field(("equals",), "text", "attributes.status"),
            "archived": Field(("equals",), "bool", "attributes.archived"),
            "trigger_type": Field(("equals",), "text", "attributes.trigger_type"),
            **_FLOW_TIMES,
        },
        sorts=_NAMED | {
            "name": "attributes.name",
            "status": "attributes.status",
            "trigger_type": "attributes.trigger_type",
        },
        include=("flow-actions", "tags"),
        fields={
            "flow": _FLOW_FIELDS,
            "flow-action": ("created", "definition", "id", "updated"),
            "tag": ("id", "name"),
        },
        page_size=(50, 50),
    ),
    Endpoint(
        "flow-actions", "/flows/{id}/flow-actions", "flows:read", _SLOW,
        filters={
            "id": Field(("any",), "text", "id"),
            "action_type": Field(("any", "equals"), "text", "attributes.definition.type"),
            "status": Field(("equals",), "text", "attributes.definition.data.status"),
            **_FLOW_TIMES,
        },
        sorts=_NAMED | {
            "action_type": "attributes.definition.type",
            "status": "attributes.definition.data.status",
        },
        fields={"flow-action": ("created", "definition", "id", "updated")},
        page_size=(50, 50),
    ),
    Endpoint(
        "flow-messages", "/flow-actions/{id}/flow-messages", "flows:read", _SLOW,
        filters={
            "id": Field(("any",), "text", "id"),
            "name": Field(_TEXT, "text", "attributes.definition.name"),
            **_FLOW_TIMES,
        },
        sorts=_NAMED | {"name": "attributes.definition.name"},
        fields={"flow-message": ("channel", "created", "definition", "id", "updated")},
        page_size=(50, 50),
    ),
)  # fmt: skip
BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
SCOPES = frozenset(endpoint.scope for endpoint in ENDPOINTS)
