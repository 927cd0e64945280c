"""What the body of each report may ask for, as data, read off Klaviyo's API description."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.server.contract import Field

MESSAGE_STATISTICS = (
    "average_order_value", "bounce_rate", "bounced", "bounced_or_failed", "bounced_or_failed_rate",
    "click_rate", "click_to_open_rate", "clicks", "clicks_unique", "conversion_rate",
    "conversion_uniques", "conversion_value", "conversions", "delivered", "delivery_rate",
    "failed", "failed_rate", "message_segment_count_sum", "open_rate", "opens", "opens_unique",
    "recipients", "revenue_per_recipient", "spam_complaint_rate", "spam_complaints",
    "text_message_credit_usage_amount", "text_message_roi", "text_message_spend",
    "unsubscribe_rate", "unsubscribe_uniques", "unsubscribes",
)  # fmt: skip
_FORM_STATISTICS = (
    "closed_form", "closed_form_uniques", "qualified_form", "qualified_form_uniques",
    "submit_rate", "submits", "submitted_form_step", "submitted_form_step_uniques", "viewed_form",
    "viewed_form_step", "viewed_form_step_uniques", "viewed_form_uniques",
)  # fmt: skip
_SEGMENT_STATISTICS = ("members_added", "members_removed", "net_members_changed", "total_members")
_TIMEFRAME = ("conversion_metric_id", "filter", "group_by", "statistics", "timeframe")
_CHANNELS = ("email", "sms", "push-notification", "whatsapp")


@dataclass(frozen=True)
class ReportKind:
    """What one report allows.

    Attributes:
        name: Type of the request and of the answer.
        attributes: What the body may hold.
        needed: What it must hold.
        group_by: Allowed groupings.
        default_groups: The groupings without `group_by`.
        needed_groups: Groupings that `group_by` must hold.
        prerequisites: What a grouping needs next to it.
        filters: Allowed filters, by name of the grouping.
    """

    name: str
    attributes: tuple[str, ...]
    needed: tuple[str, ...]
    statistics: tuple[str, ...]
    filters: dict[str, Field]
    group_by: tuple[str, ...] = ()
    default_groups: tuple[str, ...] = ()
    needed_groups: tuple[str, ...] = ()
    prerequisites: dict[str, str] = field(default_factory=dict)


def _scalars(*names: str, operators: tuple[str, ...]) -> dict[str, Field]:
    return {name: Field(operators, "text", name) for name in names}


def _message_filters(*names: str) -> dict[str, Field]:
    scalar, many = ("equals", "contains-any"), ("contains-any", "contains-all")
    return {
        **_scalars(*names, "text_message_format", "variation", "variation_name", operators=scalar),
        "send_channel": Field(scalar, "text", "send_channel", values=_CHANNELS),
        **_scalars("tag_id", "tag_name", operators=many),
    }


_CAMPAIGN = ("campaign_id", "campaign_message_id", "campaign_message_name")
_FLOW = ("flow_id", "flow_message_id", "flow_message_name", "flow_name")
_OF_ALL = (
    "send_channel", "tag_id", "tag_name", "text_message_format", "variation", "variation_name",
)  # fmt: skip
_NAMED_IDS = ("equals", "any")
_SERIES_ATTRIBUTES = ("filter", "interval", "statistics", "timeframe")

KINDS = {
    kind.name: kind
    for kind in (
        ReportKind(
            "campaign-values-report",
            _TIMEFRAME,
            ("statistics", "timeframe", "conversion_metric_id"),
            MESSAGE_STATISTICS,
            _message_filters(*_CAMPAIGN),
            (*_CAMPAIGN, "group", "group_name", *_OF_ALL),
            ("campaign_id", "campaign_message_id", "send_channel"),
            ("campaign_id", "campaign_message_id"),
        ),
        ReportKind(
            "flow-series-report",
            (*_TIMEFRAME, "interval"),
            ("statistics", "timeframe", "interval", "conversion_metric_id"),
            MESSAGE_STATISTICS,
            _message_filters(*_FLOW),
            (*_FLOW, *_OF_ALL),
            ("flow_id", "flow_message_id", "send_channel"),
            ("flow_message_id", "flow_id"),
        ),
        ReportKind(
            "form-series-report",
            (*_SERIES_ATTRIBUTES, "group_by"),
            ("statistics", "timeframe", "interval"),
            _FORM_STATISTICS,
            _scalars("form_id", "form_version_id", operators=_NAMED_IDS),
            ("form_id", "form_version_id"),
            ("form_id",),
            prerequisites={"form_version_id": "form_id"},
        ),
        ReportKind(
            "segment-series-report",
            _SERIES_ATTRIBUTES,
            ("statistics", "timeframe", "interval"),
            _SEGMENT_STATISTICS,
            _scalars("segment_id", operators=_NAMED_IDS),
            default_groups=("segment_id",),
        ),
    )
}
