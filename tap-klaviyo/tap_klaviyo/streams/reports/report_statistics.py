"""The statistics of Klaviyo's reports: name and meaning, in Klaviyo's order.

Rates are fractions from 0 to 1. Statistics of people count each of them once per row: they, and
rates, do not add up over rows.
"""

from __future__ import annotations

MESSAGE_STATISTICS = {
    "average_order_value": "`conversion_value` per conversion, in the account's currency.",
    "bounce_rate": "Share of recipients whose message bounced.",
    "bounced": "Messages that bounced.",
    "bounced_or_failed": "Messages that bounced or failed.",
    "bounced_or_failed_rate": "Share of recipients whose message bounced or failed.",
    "click_rate": "People who clicked, per message delivered.",
    "click_to_open_rate": "People who clicked, per person who opened.",
    "clicks": "Clicks.",
    "clicks_unique": "People who clicked.",
    "conversion_rate": "People who converted, per message delivered.",
    "conversion_uniques": "People who converted.",
    "conversion_value": "Value of the conversions, in the account's currency.",
    "conversions": "Events of the conversion metric that Klaviyo attributes to the message.",
    "delivered": "Messages delivered.",
    "delivery_rate": "Share of recipients whose message was delivered.",
    "failed": "Messages that failed.",
    "failed_rate": "Share of recipients whose message failed.",
    "message_segment_count_sum": "SMS segments sent.",
    "open_rate": "People who opened, per message delivered.",
    "opens": "Opens.",
    "opens_unique": "People who opened.",
    "recipients": "Messages sent, delivered or not.",
    "revenue_per_recipient": "`conversion_value` per message, in the account's currency.",
    "spam_complaint_rate": "Spam complaints per message delivered.",
    "spam_complaints": "Spam complaints.",
    "text_message_credit_usage_amount": "SMS credits used.",
    "text_message_roi": "`conversion_value` of SMS per amount spent on them.",
    "text_message_spend": "Cost of the SMS sent.",
    "unsubscribe_rate": "People who unsubscribed, per message delivered.",
    "unsubscribe_uniques": "People who unsubscribed.",
    "unsubscribes": "Unsubscribes.",
}

VALUE_STATISTICS = (
    "average_order_value",
    "conversion_value",
    "revenue_per_recipient",
    "text_message_roi",
)
"""Statistics that Klaviyo rejects if the events of the conversion metric have no value."""

CONVERSION_STATISTICS = (*VALUE_STATISTICS, "conversion_rate", "conversion_uniques", "conversions")
"""Statistics that depend on the conversion metric."""

FORM_STATISTICS = {
    "closed_form": "Times the form was closed.",
    "closed_form_uniques": "People who closed it.",
    "qualified_form": "Times a visitor qualified to see the form.",
    "qualified_form_uniques": "People who qualified to see it.",
    "submit_rate": "Submissions per view.",
    "submits": "Submissions.",
    "submitted_form_step": "Times a step of the form was submitted.",
    "submitted_form_step_uniques": "People who submitted a step.",
    "viewed_form": "Times the form was viewed.",
    "viewed_form_step": "Times a step of the form was viewed.",
    "viewed_form_step_uniques": "People who viewed a step.",
    "viewed_form_uniques": "People who viewed it.",
}

SEGMENT_STATISTICS = {
    "members_added": "Profiles that joined on the day.",
    "members_removed": "Profiles that left on the day.",
    "net_members_changed": "Joined minus left.",
    "total_members": "Members at the end of the day.",
}
