"""Event properties that must not leave the tap: left out, or replaced by a digest."""

from __future__ import annotations

import hashlib
import typing as t

import msgspec

ACTIONS = ("drop", "hash")
NEEDED = frozenset(
    {
        "$message", "$value", "$value_currency", "Apple Privacy Open", "Bot Click", "Bounce Type",
        "Inbox Provider", "Machine Open", "machine_open",
    }
)  # fmt: skip
"""Properties that say what a number counts; without one of them it would be wrong, not missing."""

Properties = dict[str, t.Any]
_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_text = msgspec.json.Decoder(str)
_encode = msgspec.json.Encoder().encode


class Privacy:
    """The setting `private_properties`: `drop` or `hash`, by the name of the property.

    Only properties of the first level have a name; an object such as `$extra` goes as a whole.
    Text is replaced by its SHA-256 in hexadecimal. Anything else is left out in both cases: a
    number or an object can be written in several ways, which would have several digests.
    """

    def __init__(self, rules: t.Mapping[str, str]) -> None:
        """Take the rules of the settings."""
        self._rules = rules

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(self._rules)

    def apply(self, properties: Properties) -> Properties:
        """The properties of an event without what is private."""
        found = {}
        for name, value in properties.items():
            if name not in self._rules:
                found[name] = value
            elif self._rules[name] == "hash" and isinstance(value, str):
                found[name] = digest(value)
        return found

    def apply_to_bytes(self, properties: msgspec.Raw) -> msgspec.Raw:
        """The same of undecoded properties, of which only the private ones are decoded."""
        members: Properties = dict(_raw.decode(properties))
        for name in self._rules.keys() & members.keys():
            value = bytes(members.pop(name))
            if self._rules[name] == "hash" and value.startswith(b'"'):
                members[name] = digest(_text.decode(value))
        return msgspec.Raw(_encode(members))


def digest(text: str) -> str:
    """SHA-256 of a text. It is always the same, so a known address can be recognised by it."""
    return hashlib.sha256(text.encode()).hexdigest()
