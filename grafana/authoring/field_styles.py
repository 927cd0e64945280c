"""Units, thresholds, colours and styles of table columns."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

COUNT = "locale"  # 12,345
MONEY = "locale"  # the currency is in the title or in a column: a unit's sign cannot vary
EACH = "none"  # 1.50: money of one recipient
RATE = "percentunit"  # 0.0123 is shown as 1.23%
# Decimals by unit, the same on all panels; the checks enforce it.
DECIMALS = {COUNT: 0, EACH: 2, RATE: 2}
# For series whose names are data, such as clients or flows.
PALETTE: Json = {"mode": "palette-classic"}


def steps(first: str, *later: tuple[float, str]) -> Json:
    """Thresholds: the first colour, then (from this value, this colour)."""
    rest = [{"value": value, "color": color} for value, color in later]
    return {"mode": "absolute", "steps": [{"value": None, "color": first}, *rest]}


# The Okabe-Ito palette, which is safe for colour-blind readers.
_BLUE, _SKY, _GREEN, _ORANGE, _YELLOW, _RED, _ROSE, _GREY = (
    "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#F0E442", "#D55E00", "#CC79A7", "#8E8E8E",
)  # fmt: skip
# A series has the same colour on every panel.
SERIES = {
    "Campaigns": _BLUE,
    "Flows": _ORANGE,
    "Store": _SKY,
    "Attributed": _RED,
    "Human click": _BLUE,
    "Human open": _SKY,
    "Machine open": _ORANGE,
    "Bot click": _RED,
    "Delivery only": _YELLOW,
    "Unknown": _GREY,
    "Opened": _GREY,
    "Opened, excluding Apple": _BLUE,
    "Clicked": _ORANGE,
    "Subscribed": _BLUE,
    "Unsubscribed": _RED,
    "Products viewed": _SKY,
    "Carts": _GREEN,
    "Checkouts": _ORANGE,
    "Orders": _RED,
    "Under 30 days": _BLUE,
    "30 to 89 days": _SKY,
    "90 to 179 days": _YELLOW,
    "180 days or more": _ORANGE,
    "Never": _GREY,
    "Hard": _RED,
    "Soft or unknown": _SKY,
    "Incomplete day": _GREY,
    "Not yet settled": _SKY,
    "Settled": _RED,
    "Weighted average": _RED,
    "Median client": _BLUE,
    "Lower quartile": _ORANGE,
    "Upper quartile": _GREEN,
}
BARS = _BLUE

PLAIN = steps("text")
# Klaviyo: improve a bounce rate over 1 %, act on one over 2 %.
BOUNCE = steps("green", (0.01, "orange"), (0.02, "red"))
# Gmail and Yahoo ask for less than 0.1 % and reject mail from 0.3 %.
SPAM = steps("green", (0.001, "orange"), (0.003, "red"))
# Klaviyo, 2024: healthy up to 0.3 %, act from 1 %.
UNSUBSCRIBE = steps("green", (0.003, "orange"), (0.01, "red"))
# The bands of client_health: poor, fair, good, excellent.
HEALTH = steps("red", (50, "orange"), (75, "green"))
# Of a plan: over it, Klaviyo upgrades the account or stops sending.
PLAN = steps("green", (0.9, "orange"), (1, "red"))
ANY_IS_BAD = steps("green", (1, "red"))
ANY_IS_WORK = steps("green", (1, "orange"))


def _mapped(*patterns: tuple[str, str]) -> list[Json]:
    """Colour a text by the first pattern that matches."""
    return [
        {"type": "regex", "options": {"pattern": pattern, "result": {"color": color, "index": at}}}
        for at, (pattern, color) in enumerate(patterns)
    ]


# A change as text with its sign, such as `+3.1%`: no unit of Grafana shows a plus.
CHANGE = _mapped(("/[+]/", "green"), ("/^-/", "red"), ("/./", _GREY))


def unknown(text: str) -> Json:
    """Show a null as this text, in grey: never in a colour that judges."""
    return {
        "type": "special",
        "options": {"match": "null+nan", "result": {"text": text, "color": _GREY, "index": 0}},
    }


def rate(width: int = 75, **more: Any) -> Json:
    """A table column with a fraction shown as per cent."""
    return {"unit": RATE, "decimals": DECIMALS[RATE], "custom__width": width, **more}


def number(width: int = 100, **more: Any) -> Json:
    """A table column with a count, or an amount of money."""
    return {"unit": COUNT, "decimals": DECIMALS[COUNT], "custom__width": width, **more}


def each(width: int = 85) -> Json:
    """A table column with an amount per recipient."""
    return {"unit": EACH, "decimals": DECIMALS[EACH], "custom__width": width}


def hours(width: int = 85) -> Json:
    """A table column with hours."""
    return {"unit": "none", "decimals": 1, "custom__width": width}


def change(width: int = 85) -> Json:
    """A table column with a change as text, its sign in front."""
    return {"unit": "string", "custom__width": width, "custom__align": "right"}


def judged_change(width: int = 85) -> Json:
    """A change of a number of which more is better: green or red."""
    return {
        **change(width),
        "mappings": CHANGE,
        "custom__cellOptions": {"type": "color-text"},
    }


# A table column with counts and amounts, each with its own decimals.
EXACT = {"unit": COUNT}


def day(width: int = 100) -> Json:
    """A table column with a date."""
    return {"unit": "time:YYYY-MM-DD", "custom__width": width}


def timestamp(width: int = 150) -> Json:
    """A table column with a timestamp, UTC."""
    return {"unit": "time:YYYY-MM-DD HH:mm", "custom__width": width}


def words(width: int) -> Json:
    """A table column with a word or two."""
    return {"custom__width": width, "custom__wrapText": True}


def client(width: int = 100) -> Json:
    """A table column with clients; a cell opens that client's dashboard for the same time range."""
    url = "/d/client?var-client=${__value.text:percentencode}&${__url_time_range}"
    links = [{"title": "Open this client", "url": url, "targetBlank": False}]
    return {**words(width), "links": links}


# A table column with names given by users: never cut, whatever the width of the screen.
NAMES = {"custom__minWidth": 150, "custom__wrapText": True}


# A table column with sentences: takes the remaining width, and wraps.
SENTENCES = {"custom__wrapText": True}


# Words of goal_pacing, and of a goal without one.
GOAL_STATES = {
    "reached": "green", "on track": "green", "at risk": "orange", "behind": "red",
    "missed": "red", "refused": "red", "unknown": _GREY,
}  # fmt: skip


def coloured(column: Json, thresholds: Json) -> Json:
    """The column with its text coloured by thresholds."""
    return {**column, "thresholds": thresholds, "custom__cellOptions": {"type": "color-text"}}


def states(**colors: str) -> Json:
    """A table column of states, each in a colour: `ok="green"`."""
    options = {
        state: {"text": state.replace("_", " "), "color": color, "index": place}
        for place, (state, color) in enumerate(colors.items())
    }
    return {
        "mappings": [{"type": "value", "options": options}],
        "custom__cellOptions": {"type": "color-text"},
        "custom__width": 110,
    }
