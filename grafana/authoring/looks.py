"""Units, thresholds and colours, in one place."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

COUNT = "locale"  # 12,345
MONEY = "locale"  # the currency is in the title or in a column: a unit's sign cannot vary
RATE = "percentunit"  # 0.0123 is shown as 1.23%


def steps(first: str, *later: tuple[float, str]) -> Json:
    """Thresholds: the first colour, then (from this value, this colour)."""
    rest = [{"value": value, "color": color} for value, color in later]
    return {"mode": "absolute", "steps": [{"value": None, "color": first}, *rest]}


# Series that mean the same everywhere look the same everywhere.
SERIES = {
    "Campaigns": "blue",
    "Flows": "purple",
    "Store": "light-blue",
    "Attributed": "orange",
    "Opened": "light-blue",
    "Opened, not by Apple": "blue",
    "Clicked": "orange",
    "Subscribed": "green",
    "Unsubscribed": "red",
    "Hard": "red",
    "Soft or unknown": "orange",
    "Day was not over": "light-blue",
    "Not settled yet": "blue",
    "Was settled": "red",
    "All mail together": "orange",
    "Median client": "blue",
    "Lower quartile": "gray",
    "Upper quartile": "gray",
}

PLAIN = steps("text")
# Klaviyo calls a bounce rate over 1 % improvable and over 2 % a matter for attention.
BOUNCE = steps("green", (0.01, "orange"), (0.02, "red"))
# Gmail and Yahoo ask senders to stay under 0.1 % and turn mail away from 0.3 %.
SPAM = steps("green", (0.001, "orange"), (0.003, "red"))
# Klaviyo's bounds of 2024: healthy to 0.3 %, attention from 1 %.
UNSUBSCRIBE = steps("green", (0.003, "orange"), (0.01, "red"))
CLICK = steps("red", (0.008, "orange"), (0.012, "green"))
# The bands of client_health: poor, fair, good, excellent.
HEALTH = steps("red", (50, "orange"), (75, "green"))
ANY_IS_BAD = steps("green", (1, "red"))
CHANGE = steps("red", (0, "green"))


def rate(decimals: int = 2, **more: Any) -> Json:
    """A table column with a fraction shown as per cent."""
    return {"unit": RATE, "decimals": decimals, "custom__width": 90, **more}


def number(width: int = 100, decimals: int = 0, **more: Any) -> Json:
    """A table column with a count, or an amount of money."""
    return {"unit": COUNT, "decimals": decimals, "custom__width": width, **more}


# A table column with counts and amounts of money, with as many decimals as each has.
EXACT = {"unit": COUNT}


def day(width: int = 110) -> Json:
    """A table column with a date."""
    return {"unit": "time: YYYY-MM-DD", "custom__width": width}


def moment(width: int = 150) -> Json:
    """A table column with a time, UTC."""
    return {"unit": "time: YYYY-MM-DD HH:mm", "custom__width": width}


def words(width: int) -> Json:
    """A table column with a word or two."""
    return {"custom__width": width}


# A table column with sentences: as wide as the others leave it, and in several lines if need be.
SENTENCES = {"custom__wrapText": True}


def coloured(column: Json, thresholds: Json) -> Json:
    """The column with its text in the thresholds' colours."""
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
