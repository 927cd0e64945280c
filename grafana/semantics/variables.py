"""Dashboard variables in a query: done in the browser, before anything is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_NAMED = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(\w+)|\[\[(\w+)(?::(\w+))?\]\]")


class VariableError(ValueError):
    """A format that this project does not use."""


@dataclass(frozen=True)
class Variable:
    """A variable and what is chosen.

    Attributes:
        value: One value, or a list where the variable allows several; for All the list of all.
        multi: Several values, or All, can be chosen: this changes the default quoting.
        text: What the viewer sees; the value itself if not given.
    """

    value: str | Sequence[str]
    multi: bool = False
    text: str | None = None

    @property
    def values(self) -> list[str]:
        """The chosen values as a list."""
        return [self.value] if isinstance(self.value, str) else list(self.value)


def interpolate(text: str, variables: Mapping[str, Variable]) -> str:
    """Replace `$name`, `${name:format}` and `[[name]]`; unknown names stay as they are.

    Without a format a variable of several values becomes a quoted list; one that has a single
    value is escaped but not quoted, as Grafana's SQL data sources do it.

    Raises:
        VariableError: The format is not one of this project's.
    """

    def replace(found: re.Match[str]) -> str:
        name = found[1] or found[3] or found[4]
        if name not in variables:
            return found[0]
        return _formatted(name, variables[name], found[2] or found[5])

    return _NAMED.sub(replace, text)


def _formatted(name: str, variable: Variable, wanted: str | None) -> str:
    if wanted is None:
        many = variable.multi or not isinstance(variable.value, str)
        return _sql_strings(variable) if many else variable.values[0].replace("'", "''")
    if wanted == "queryparam":
        return "&".join(f"var-{name}={quote(value, safe='')}" for value in variable.values)
    if wanted not in _FORMATS:
        message = f"variable format {wanted!r} is not one that this project uses"
        raise VariableError(message)
    return _FORMATS[wanted](variable)


def _sql_strings(variable: Variable) -> str:
    return ",".join("'" + value.replace("'", "''") + "'" for value in variable.values)


def _single_quotes(variable: Variable) -> str:
    """Grafana escapes with a backslash, which Postgres does not understand."""
    return ",".join("'" + value.replace("'", "\\'") + "'" for value in variable.values)


def _text(variable: Variable) -> str:
    return variable.text if variable.text is not None else " + ".join(variable.values)


_FORMATS: dict[str, Callable[[Variable], str]] = {
    "sqlstring": _sql_strings,
    "singlequote": _single_quotes,
    "csv": lambda variable: ",".join(variable.values),
    "raw": lambda variable: ",".join(variable.values),
    "pipe": lambda variable: "|".join(variable.values),
    "text": _text,
}
