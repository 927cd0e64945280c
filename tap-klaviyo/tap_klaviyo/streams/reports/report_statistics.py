"""The statistics of Klaviyo's reports: name and meaning, in Klaviyo's order.

Rates are fractions from 0 to 1. Statistics of people count each of them once per row: they, and
rates, do not add up over rows.
"""

from __future__ import annotations

MESSAGE_STATISTICS = {
    "average_order_value": "`conversion_value` per conversion, in the account's currency.",
    "bounce_rate": "Bounced, of all recipients.",
    "bounced": "Messages that bounced.",
    "bounced_or_failed": "Messages that bounced or failed.",
    "bounced_or_failed_rate": "Bounced or failed, of all recipients.",
    "click_rate": "People who clicked, of the messages delivered.",
    "click_to_open_rate": "People who clicked, of those who opened.",
    "clicks": "Clicks.",
    "clicks_unique": "People who clicked.",
    "conversion_rate": "People who converted, of the messages delivered.",
    "conversion_uniques": "People who converted.",
    "conversion_value": "Value of the conversions, in the account's currency.",
    "conversions": "Events of the conversion metric that Klaviyo credits to the message.",
    "delivered": "Messages delivered.",
    "delivery_rate": "Delivered, of all recipients.",
    "failed": "Messages that failed.",
    "failed_rate": "Failed, of all recipients.",
    "message_segment_count_sum": "Segments that text messages were cut into.",
    "open_rate": "People who opened, of the messages delivered.",
    "opens": "Opens.",
    "opens_unique": "People who opened.",
    "recipients": "Messages sent, delivered or not.",
    "revenue_per_recipient": "`conversion_value` per message, in the account's currency.",
    "spam_complaint_rate": "Spam complaints, of the messages delivered.",
    "spam_complaints": "Spam complaints.",
    "text_message_credit_usage_amount": "Credits that text messages cost.",
    "text_message_roi": "`conversion_value` of text messages per money spent on them.",
    "text_message_spend": "Money that text messages cost.",
    "unsubscribe_rate": "People who unsubscribed, of the messages delivered.",
    "unsubscribe_uniques": "People who unsubscribed.",
    "unsubscribes": "Unsubscriptions.",
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
    "qualified_form": "Times somebody qualified to see the form.",
    "qualified_form_uniques": "People who qualified to see it.",
    "submit_rate": "Submissions, of the times it was viewed.",
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
    "net_members_changed": "Joined less left.",
    "total_members": "Members at the end of the day.",
}
