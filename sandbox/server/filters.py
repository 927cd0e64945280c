"""Reading Klaviyo's filter language: `op(field,value),op(field,value)`, joined by AND."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sandbox.server.errors import ApiError, bad_parameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.server.contract import Field

_CALL = re.compile(r"(?P<op>[a-z-]+)\((?P<field>[^,()]+)(?:,(?P<value>.*))?\)", re.DOTALL)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_STRING = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_OPEN, _CLOSE = "([", ")]"
LIST_OPERATORS = ("any", "contains-any", "contains-all")
_UTC = ZoneInfo("UTC")

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda have, want: have in want if isinstance(want, list) else bool(have == want),
    "any": lambda have, want: have in want,
    "contains-any": lambda have, want: any(value in want for value in have),
    "contains-all": lambda have, want: all(value in have for value in want),
    "contains": lambda have, want: want.lower() in have.lower(),
    "starts-with": lambda have, want: have.startswith(want),
    "ends-with": lambda have, want: have.endswith(want),
    "greater-than": lambda have, want: bool(have > want),
    "greater-or-equal": lambda have, want: bool(have >= want),
    "less-than": lambda have, want: bool(have < want),
    "less-or-equal": lambda have, want: bool(have <= want),
}


@dataclass(frozen=True)
class Condition:
    """One condition: operator, field and the value, parsed to the field's type."""

    operator: str
    field: str
    value: Any

    def holds(self, have: object) -> bool:
        """Whether a resource's own value satisfies the condition; null never does."""
        return have is not None and COMPARE[self.operator](have, self.value)


def parse_filter(text: str, allowed: dict[str, Field]) -> list[Condition]:
    """Parse a filter parameter.

    Raises:
        ApiError: 400 for bad syntax, an unknown field, an operator the field does not have,
            or a value of the wrong type.
    """
    return [_condition(call, allowed) for call in split(text)]


def _condition(call: str, allowed: dict[str, Field]) -> Condition:
    operator, name, raw = split_call(call)
    known = allowed.get(name)
    if known is None:
        raise _refused(detail=f"'{name}' is not a filterable field for this resource")
    if operator not in known.operators:
        raise _refused(detail=f"Operator '{operator}' is not allowed for field '{name}'")
    if operator == "has":
        return Condition(operator, name, None)
    if operator in LIST_OPERATORS or (known.takes_lists and raw.startswith("[")):
        return Condition(operator, name, [_value(part, known) for part in _items(raw)])
    return Condition(operator, name, _value(raw, known))


def _value(raw: str, known: Field) -> Any:  # noqa: ANN401 - of the field's type
    value = _PARSERS[known.kind](raw)
    if known.values and value not in known.values:
        raise _refused(detail=f"'{value}' is not one of {', '.join(known.values)}")
    return value


def split_call(call: str) -> tuple[str, str, str]:
    """Take `op(field,value)` apart; 400 if it is not of that form."""
    match = _CALL.fullmatch(call.strip())
    if match is None:
        raise _refused(detail=f"Invalid filter: '{call}'")
    return match["op"], match["field"].strip(), (match["value"] or "").strip()


def parse_time(text: str, zone: ZoneInfo = _UTC) -> datetime:
    """Read an ISO time; one without offset is meant in `zone`.

    A '+' that was not percent-encoded has become a space by now and is refused here.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise _refused(detail=f"Invalid datetime: '{text}'")
    day, minute, second, fraction, offset = match.groups()
    iso = f"{day}T{minute or '00:00'}{second or ':00'}{(fraction or '.0').ljust(7, '0')[:7]}"
    try:
        moment = datetime.fromisoformat(iso + (offset or "").replace("Z", "+00:00"))
    except ValueError as error:
        raise _refused(detail=f"Invalid datetime: '{text}'") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return moment.astimezone(timezone.utc)


def parse_text(text: str) -> str:
    """Read a quoted string."""
    if not _STRING.fullmatch(text):
        raise _refused(detail=f"Invalid string, quotes expected: {text}")
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _items(text: str) -> list[str]:
    if not (text.startswith("[") and text.endswith("]")):
        raise _refused(detail=f"Invalid list: {text}")
    return [part.strip() for part in split(text[1:-1])]


def _bool(text: str) -> bool:
    if text not in ("true", "false"):
        raise _refused(detail=f"Invalid boolean: {text}")
    return text == "true"


def _number(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise _refused(detail=f"Invalid number: {text}")
    return int(text)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "text": parse_text,
    "time": parse_time,
    "bool": _bool,
    "number": _number,
}


def split(text: str) -> list[str]:
    """Split at commas that are not inside quotes, brackets or parentheses."""
    if not text.strip():
        raise _refused(detail="Filter is empty")
    bare = _STRING.sub(lambda match: "_" * len(match[0]), text)
    parts, depth, start = [], 0, 0
    for position, character in enumerate(bare):
        depth += (character in _OPEN) - (character in _CLOSE)
        if character == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _refused(*, detail: str) -> ApiError:
    return bad_parameter(name="filter", detail=detail)
