"""What the endpoints of lists, segments, tags, forms, templates, profiles and usage allow."""

from __future__ import annotations

from sandbox.server.contract import (
    FLOW_FIELDS,
    LARGE,
    MEDIUM,
    NEWEST,
    PROFILE_FIELDS,
    RANGE,
    SLOW,
    SMALL,
    TAG_FIELDS,
    TEXT,
    Endpoint,
    Field,
    times,
)

_ANY = ("any", "equals")
_LIST_FIELDS = ("created", "id", "name", "opt_in_process", "updated")
_LIST_RELATED = {"flow": FLOW_FIELDS, "tag": TAG_FIELDS}
_SEGMENT_FIELDS = (
    "created", "definition", "id", "is_active", "is_processing", "is_starred", "name", "updated",
)  # fmt: skip
_TEMPLATE_FIELDS = (
    "amp", "created", "definition", "editor_type", "html", "id", "name", "text", "updated",
)  # fmt: skip
_FORM_FIELDS = ("ab_test", "created_at", "id", "name", "status", "updated_at")
_USAGE_FIELDS = (
    "as_of", "id", "period_end", "period_start", "unit", "usage_max", "usage_used",
)  # fmt: skip
_PUSH_FIELDS = (
    "background", "created", "enablement_status", "id", "metadata", "platform", "recorded_date",
    "token", "vendor",
)  # fmt: skip
_NAMED = {
    "created": "attributes.created", "id": "id", "name": "attributes.name",
    "updated": "attributes.updated",
}  # fmt: skip
_CREATED, _UPDATED = "attributes.created", "attributes.updated"
_SINCE = {
    "created": Field(("greater-than",), "time", _CREATED),
    "updated": Field(("greater-than",), "time", _UPDATED),
}
_ID = Field(_ANY, "text", "id", takes_lists=True)
_NAME = Field(_ANY, "text", "attributes.name", takes_lists=True)
_SUPPRESSED = "subscriptions.email.marketing.suppression"
_LIST_SUPPRESSED = "subscriptions.email.marketing.list_suppressions"


def _attribute(name: str, operators: tuple[str, ...], kind: str = "text") -> dict[str, Field]:
    is_any = "any" in operators
    return {name: Field(operators, kind, f"attributes.{name}", takes_lists=is_any)}


_PROFILES = Endpoint(
    "profiles", "/profiles", "profiles:read", LARGE,
    filters={
        "id": _ID,
        **_attribute("email", _ANY),
        **_attribute("phone_number", _ANY),
        **_attribute("external_id", _ANY),
        **_attribute("_kx", ("equals",)),
        "created": Field(("greater-than", "less-than"), "time", _CREATED),
        "updated": Field(("greater-than", "less-than"), "time", _UPDATED),
        **_attribute(f"{_LIST_SUPPRESSED}.reason", ("equals",)),
        **_attribute(f"{_LIST_SUPPRESSED}.timestamp", RANGE, "time"),
        **_attribute(f"{_LIST_SUPPRESSED}.list_id", ("equals",)),
        **_attribute(f"{_SUPPRESSED}.reason", ("equals",)),
        **_attribute(f"{_SUPPRESSED}.timestamp", RANGE, "time"),
    },
    sorts={
        "created": _CREATED, "email": "attributes.email", "id": "id", "updated": _UPDATED,
        **{
            name: f"attributes.{name}"
            for name in (f"{_LIST_SUPPRESSED}.timestamp", f"{_SUPPRESSED}.timestamp")
        },
    },
    include=("conversations", "push-tokens"),
    fields={
        "profile": (*PROFILE_FIELDS, "predictive_analytics", "subscriptions"),
        "conversation": ("channel", "id"),
        "push-token": _PUSH_FIELDS,
    },
    additional={"profile": ("predictive_analytics", "subscriptions")},
    extra_limits={"predictive_analytics": MEDIUM},
    page_size=(20, 100),
    names_related=False,
)  # fmt: skip

LIBRARY = (
    Endpoint(
        "lists", "/lists", "lists:read", LARGE,
        filters={"id": _ID, "name": _NAME, **_SINCE},
        sorts=_NAMED,
        include=("flow-triggers", "tags"),
        fields={"list": _LIST_FIELDS, **_LIST_RELATED},
        page_size=(10, 10),
        names_related=False,
    ),
    Endpoint(
        "list", "/lists/{id}", "lists:read", LARGE,
        include=("flow-triggers", "tags"),
        fields={"list": (*_LIST_FIELDS, "profile_count"), **_LIST_RELATED},
        additional={"list": ("profile_count",)},
        extra_limits={"profile_count": SMALL},
        names_related=False,
    ),
    Endpoint(
        "segments", "/segments", "segments:read", LARGE,
        filters={
            "id": _ID,
            "name": _NAME,
            **_SINCE,
            **_attribute("is_active", _ANY, "bool"),
            **_attribute("is_starred", ("equals",), "bool"),
        },
        sorts=_NAMED,
        include=("flow-triggers", "tags"),
        fields={"segment": _SEGMENT_FIELDS, "flow": FLOW_FIELDS, "tag": TAG_FIELDS},
        page_size=(10, 10),
        names_related=False,
    ),
    Endpoint(
        "tags", "/tags", "tags:read", SLOW,
        filters={"name": Field(TEXT, "text", "attributes.name", takes_lists=True)},
        sorts={"id": "id", "name": "attributes.name"},
        include=("tag-group",),
        fields={"tag": TAG_FIELDS, "tag-group": ("default", "exclusive", "id", "name")},
        page_size=(50, 50),
        names_related=False,
    ),
    Endpoint(
        "forms", "/forms", "forms:read", SLOW,
        filters={
            "id": _ID,
            "name": Field(("any", "contains", "equals"), "text", "attributes.name",
                          takes_lists=True),
            **_attribute("ab_test", ("equals",), "bool"),
            "status": Field(("equals",), "text", "attributes.status", values=("live", "draft")),
            **times(
                ("created_at", "attributes.created_at"), ("updated_at", "attributes.updated_at")
            ),
        },
        sorts={"created_at": "attributes.created_at", "updated_at": "attributes.updated_at"},
        fields={"form": _FORM_FIELDS},
        page_size=(20, 100),
    ),
    Endpoint(
        "templates", "/templates", "templates:read", LARGE,
        filters={
            "id": _ID,
            "name": Field(("any", "contains", "equals"), "text", "attributes.name",
                          takes_lists=True),
            **times(("created", _CREATED), ("updated", _UPDATED), also=("equals",)),
        },
        sorts=_NAMED,
        fields={"template": _TEMPLATE_FIELDS},
        additional={"template": ("definition",)},
        page_size=(10, 10),
    ),
    Endpoint(
        "billing-usage", "/billing-usage", "usage:read", MEDIUM,
        filters={"id": Field(("any",), "text", "id")},
        fields={"billing-usage": _USAGE_FIELDS},
        since=NEWEST,
    ),
    _PROFILES,
)  # fmt: skip
