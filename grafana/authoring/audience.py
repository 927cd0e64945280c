"""Audience: who can be reached, who still answers, and where they come from."""

from __future__ import annotations

from grafana.authoring import field_styles as style
from grafana.authoring.captions import ATTRIBUTION, EVENT_DATED, WEEKS
from grafana.authoring.dashboard import CLIENTS, Json, dashboard
from grafana.authoring.panels import columns, lines, row, stat, table

UID = "audience"
_IN_TURN = """Klaviyo counts lists one by one, and a run three of them, in turn: a list has members
on the days on which it was counted. The day after the time range belongs to it: a morning's count
is that of the evening before."""


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Audience",
        "Members of lists and segments, the engagement of the people reached, forms, and tags.",
        [*_headlines(), *_charts(), _audiences(), row("Forms"), *_forms(), row("Tags"), _tags()],
        [CLIENTS],
        days=42,
    )


def _headlines() -> list[Json]:
    return [
        stat("List members", "audience/list_members", style.COUNT,
             "Members of each client's largest list, as last counted in the time range. Lists are "
             f"not added up: a person may be in several. {_IN_TURN}", w=6),
        stat("List growth", "audience/list_growth", style.COUNT,
             "Members gained between the first and the last count in the time range by each "
             "client's largest list, of those that were counted more than once in it. "
             f"{_IN_TURN}", w=6),
        stat("Emails to people long silent", "audience/unengaged_share", style.RATE,
             "Of the people to whom emails were delivered, each counted once a day, the share who "
             "had not opened or clicked one as humans for 180 days, or never. What happened before "
             f"the first day loaded is unknown. {EVENT_DATED}", w=6),
        stat("Form submit rate", "audience/submit_rate", style.RATE,
             "Submissions of sign-up forms divided by their views, as Klaviyo reports them.", w=6),
    ]  # fmt: skip


def _charts() -> list[Json]:
    return [
        columns("People reached by email, by last engagement", "audience/reached_by_engagement",
                style.COUNT,
                "People to whom an email was delivered, each counted once a day, by how long "
                "before that day they last opened or clicked one. Opens and clicks of machines are "
                f"left out. {WEEKS} {EVENT_DATED}", w=12, h=9,
                series=("Under 30 days", "30 to 89 days", "90 to 179 days", "180 days or more",
                        "Never")),
        lines("Members of the largest segments", "audience/segment_members", style.COUNT,
              "Members at the end of each day, as Klaviyo reports them, of the six largest "
              "segments of the chosen clients.", w=12, h=9, from_zero=False),
    ]  # fmt: skip


def _audiences() -> Json:
    styled = {
        "Client": style.client(),
        "Name": style.NAMES,
        "Kind": style.words(90),
        "Tags": style.words(190),
        "Members": style.number(),
        "Counted on": style.day(110),
        "Growth": style.change(90),
        "Joined": style.number(90),
        "Left": style.number(90),
    }
    return table("Lists and segments", "audience/lists_and_segments",
                 "Members as last counted in the time range, and their growth since the first "
                 "count in it. Klaviyo reports who joined and left for segments only. "
                 f"{_IN_TURN}", styled, w=24, h=9)  # fmt: skip


def _forms() -> list[Json]:
    styled = {
        "Client": style.client(),
        "Form": style.NAMES,
        "Version": style.words(110),
        "Viewed": style.number(80),
        "Submitted": style.number(95),
        "Submit rate": style.rate(100),
    }
    return [
        table("Forms by version", "audience/forms",
              "Views and submissions as Klaviyo reports them. A form that is being tested has "
              "several versions; compare their rates.", styled, w=14, h=8),
        columns("Submissions by week", "audience/submissions_by_week", style.COUNT,
                f"Submissions of forms of the same name, over all versions. {WEEKS}", w=10, h=8),
    ]  # fmt: skip


def _tags() -> Json:
    styled = {
        "Client": style.client(),
        "Tag": style.NAMES,
        "Channel": style.words(85),
        "Delivered": style.number(),
        "Clicked": style.rate(80),
        "Unsubscribed": style.coloured(style.rate(115), style.UNSUBSCRIBE),
        "Orders": style.number(75),
        "Currency": style.words(85),
        "Revenue": style.number(90),
        "Per recipient": style.each(110),
    }
    return table("Messages by tag", "audience/tags",
                 "Messages of campaigns and flows with the tag. A message with several tags is in "
                 "the row of each: do not add them up. Clicked and unsubscribed are shares of "
                 f"deliveries, where single events are read. {EVENT_DATED} {ATTRIBUTION}",
                 styled, w=24, h=9)  # fmt: skip
