"""Rules for the styling of panels: units, decimals, nulls, dates and colours."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from grafana.authoring.field_styles import COUNT, RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]
Rgb = tuple[float, float, float]
_HEX = re.compile("#[0-9A-Fa-f]{6}")
# Machado and others, 2009: what is left of red, green and blue to who lacks one kind of cone.
_SIGHTS = {
    "everybody": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "who sees no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "who sees no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
}
_CLOSEST = 0.2


def oddities(panel: Json) -> Iterator[str]:
    """Problems with the styling of a panel that queries the database."""
    for rule in _RULES:
        yield from rule(panel)


def _fields(panel: Json) -> Iterator[Json]:
    """The settings of the fields: those of all, then those of single ones."""
    yield panel["fieldConfig"]["defaults"]
    for override in panel["fieldConfig"]["overrides"]:
        yield {setting["id"]: setting["value"] for setting in override["properties"]}


def _decimals(panel: Json) -> Iterator[str]:
    """Counts have none, per cent two; of other numbers each panel says how many."""
    allowed = {RATE: (2,), COUNT: (0, None), "none": (0, 1, 2)}
    for field in _fields(panel):
        unit = field.get("unit")
        is_number = unit != "none" or panel["type"] != "table" or "decimals" in field
        if unit in allowed and is_number and field.get("decimals") not in allowed[unit]:
            yield f"{field.get('decimals')} decimals of unit {unit}"


def _unknown(panel: Json) -> Iterator[str]:
    """Without a word of its own for it, an unknown number takes a threshold's first colour."""
    mappings = panel["fieldConfig"]["defaults"].get("mappings", [])
    nulls = [m for m in mappings if m["type"] == "special"]
    if panel["type"] == "stat" and not nulls:
        yield "does not say how it shows an unknown number"


def _dates(panel: Json) -> Iterator[str]:
    for field in _fields(panel):
        if field.get("unit", "").startswith("time:") and "/" in field["unit"]:
            yield "a date with slashes is read in two ways"


def _series(panel: Json) -> Iterator[str]:
    """Colours of series: distinguishable with any colour vision."""
    given = [f["color"]["fixedColor"] for f in _fields(panel) if "fixedColor" in f.get("color", {})]
    known = [colour for colour in given if _HEX.fullmatch(colour)]
    yield from (f"colour {colour} is not written as #rrggbb" for colour in set(given) - set(known))
    for one, other in combinations(known, 2):
        for who, sight in _SIGHTS.items():
            if _distance(_seen(one, sight), _seen(other, sight)) < _CLOSEST:
                yield f"{one} and {other} are one colour to {who}"


def _seen(colour: str, sight: tuple[Rgb, ...]) -> Rgb:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (sum(a * b for a, b in zip(row, parts, strict=True)) for row in sight)
    return red, green, blue


def _distance(one: Rgb, other: Rgb) -> float:
    distance: float = sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
    return distance


_RULES: tuple[Callable[[Json], Iterator[str]], ...] = (_decimals, _unknown, _dates, _series)
