"""What each endpoint allows, as data, read off Klaviyo's API description.

Revision 2026-07-15 throughout, with the campaign model of 2026-10-15.
"""

from __future__ import annotations

from sandbox.server.contract import (
    FLOW_FIELDS,
    MEDIUM,
    NEWEST,
    PROFILE_FIELDS,
    RANGE,
    SLOW,
    SMALL,
    TAG_FIELDS,
    TEXT,
    WIDE,
    Endpoint,
    Field,
    times,
)
from sandbox.server.library_endpoints import LIBRARY
from sandbox.server.report_endpoints import REPORTS

_METRIC_FIELDS = ("created", "id", "integration", "name", "updated")
_ACCOUNT_FIELDS = (
    "contact_information", "id", "industry", "locale", "preferred_currency", "public_api_key",
    "test_account", "timezone",
)  # fmt: skip

_ACTION_FIELDS = ("created", "definition", "id", "updated")
_FLOW_TIMES = times(
    ("created", "attributes.created"), ("updated", "attributes.updated"), also=("equals",)
)
_NAMED = {"created": "attributes.created", "id": "id", "updated": "attributes.updated"}

ENDPOINTS = (
    Endpoint("accounts", "/accounts", "accounts:read", SMALL, fields={"account": _ACCOUNT_FIELDS}),
    Endpoint(
        "account", "/accounts/{id}", "accounts:read", SMALL, fields={"account": _ACCOUNT_FIELDS}
    ),
    Endpoint(
        "metrics", "/metrics", "metrics:read", MEDIUM,
        filters={
            "integration.name": Field(("equals",), "text", "attributes.integration.name"),
            "integration.category": Field(("equals",), "text", "attributes.integration.category"),
        },
        include=("flow-triggers",),
        fields={"metric": _METRIC_FIELDS, "flow": FLOW_FIELDS},
        page_fixed=200,
    ),
    Endpoint(
        "mapped-metrics", "/mapped-metrics", "metrics:read", SLOW,
        include=("custom-metric", "metric"),
        fields={
            "mapped-metric": ("id", "updated"),
            "metric": _METRIC_FIELDS,
            "custom-metric": ("created", "definition", "id", "name", "updated"),
        },
    ),
    Endpoint(
        "metric-aggregates", "/metric-aggregates", "metrics:read", SLOW, method="POST",
        fields={"metric-aggregate": ("data", "dates", "id")},
    ),
    Endpoint(
        "events", "/events", "events:read", WIDE,
        filters={
            "datetime": Field(RANGE, "time", "datetime"),
            "timestamp": Field(RANGE, "number", "timestamp"),
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
            "profile": PROFILE_FIELDS,
        },
        page_size=(200, 1000),
    ),
    Endpoint(
        "campaigns", "/campaigns", "campaigns:read", MEDIUM,
        filters={
            "id": Field(("any",), "text", "id"),
            "name": Field(("contains",), "text", "attributes.definition.name"),
            "archived": Field(("equals",), "bool", "attributes.definition.archived"),
            "builder": Field(("equals",), "text", "attributes.definition.builder"),
            **times(
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
            "tag": TAG_FIELDS,
        },
        page_size=(100, 100),
        since=NEWEST,
    ),
    Endpoint(
        "campaign-variations", "/campaign-messages/{id}/campaign-variations", "campaigns:read",
        MEDIUM,
        fields={"campaign-variation": ("created", "definition", "id", "updated")},
        since=NEWEST,
    ),
    Endpoint(
        "flows", "/flows", "flows:read", SLOW,
        filters={
            "id": Field(("any",), "text", "id"),
            "name": Field(TEXT, "text", "attributes.name"),
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
            "flow": FLOW_FIELDS,
            "flow-action": _ACTION_FIELDS,
            "tag": TAG_FIELDS,
        },
        page_size=(50, 50),
    ),
    Endpoint(
        "flow", "/flows/{id}", "flows:read", SLOW,
        include=("flow-actions", "tags"),
        fields={
            "flow": (*FLOW_FIELDS, "definition"),
            "flow-action": _ACTION_FIELDS,
            "tag": TAG_FIELDS,
        },
        additional={"flow": ("definition",)},
    ),
    Endpoint(
        "flow-actions", "/flows/{id}/flow-actions", "flows:read", SLOW,
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
        fields={"flow-action": _ACTION_FIELDS},
        page_size=(50, 50),
    ),
    Endpoint(
        "flow-messages", "/flow-actions/{id}/flow-messages", "flows:read", SLOW,
        filters={
            "id": Field(("any",), "text", "id"),
            "name": Field(TEXT, "text", "attributes.definition.name"),
            **_FLOW_TIMES,
        },
        sorts=_NAMED | {"name": "attributes.definition.name"},
        fields={"flow-message": ("channel", "created", "definition", "id", "updated")},
        page_size=(50, 50),
    ),
    *LIBRARY,
    *REPORTS,
)  # fmt: skip
SCOPES = frozenset(endpoint.scope for endpoint in ENDPOINTS)
