"""The same answers in other forms: whatever the API description or a public dump allows.

Nothing that a total rests on is lost on the way. README.md says where each form comes from.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from sandbox.server.loose_forms import (
    INTEGRATIONS,
    LIMITS,
    LOCATED_ONCE,
    MOMENTS,
    NOT_NEEDED,
    NUMBERS,
    OTHER_VALUES,
    OWN_WORDS,
    UNKNOWN,
)

if TYPE_CHECKING:
    from sandbox.server.limits import RateLimiter

Json = dict[str, Any]
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\+00:00")


class Looseness:
    """Draws the form of every answer from a seed.

    An answer's form depends on the seed, the question and how often it was asked before, and
    not on the order in which concurrent questions arrive.
    """

    def __init__(self, seed: int | None) -> None:
        """Draw from this seed; without one, answers keep their usual form."""
        self._seed = seed
        self._asked: Counter[str] = Counter()

    def dice(self, question: str) -> random.Random:
        """What the answer to a question is drawn from."""
        self._asked[question] += 1
        drawn = f"{self._seed} {question} {self._asked[question]}"
        return random.Random(drawn)  # noqa: S311 - forms, no secrets

    def announce(self, limiter: RateLimiter, account_id: str, dice: random.Random) -> None:
        """Choose the form in which the answer speaks of its limits."""
        if self._seed is not None:
            limiter.announce(account_id, dice.choice(LIMITS))

    def loosen(self, body: bytes, dice: random.Random) -> bytes:
        """The answer in one of its forms."""
        if self._seed is None:
            return body
        document: Json = json.loads(body.decode("utf-8", "surrogatepass"))
        loosened = _Loosening(dice).document(document)
        return json.dumps(loosened, ensure_ascii=False).encode("utf-8", "surrogatepass")


class _Loosening:
    """One answer."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._odds = dice.choice((0.0, 0.2, 0.5, 1.0))

    def document(self, found: Json) -> Json:
        data = found["data"]
        is_list = isinstance(data, list)
        included = list(found.get("included", ()))
        dropped = self._dice.choice((*LOCATED_ONCE, ("", "")))
        resources = [self._resource(item, dropped) for item in (data if is_list else [data])]
        related = [self._resource(item, dropped) for item in included]
        if is_list and not any(item["type"] == "event" for item in resources):
            self._dice.shuffle(resources)
        self._dice.shuffle(related)
        made = {"data": resources if is_list else resources[0]}
        if related or ("included" in found and not self._happens()):
            made["included"] = related
        return self._with_unknown(made | self._page_links(found.get("links", {})))

    def _page_links(self, links: Json) -> Json:
        """`links` with null, without, or not at all, where nothing follows."""
        if links.get("next") is None and self._happens():
            return {}
        kept = {name: link for name, link in links.items() if link or not self._happens()}
        return {"links": kept}

    def _resource(self, item: Json, dropped: tuple[str, str]) -> Json:
        kind = str(item["type"])
        made = dict(item)
        if "attributes" in made:
            made["attributes"] = self._attributes(kind, made["attributes"])
        if "relationships" in made:
            made["relationships"] = self._relationships(kind, made["relationships"], dropped)
        if dropped == (kind, "*"):  # but for tags: what is included is named by what has it
            kept = {name: one for name, one in made["relationships"].items() if name == "tags"}
            made["relationships"] = kept
        if not made.get("relationships", True):
            made.pop("relationships")
        return self._with_unknown(made)

    def _attributes(self, kind: str, attributes: Json) -> Json:
        made: Json = {}
        for name, value in attributes.items():
            given = self._value(name, value)
            if name in NOT_NEEDED.get(kind, ()) and self._happens():
                given = None
            if name in OTHER_VALUES.get(kind, {}) and given is not None and self._happens():
                given = OTHER_VALUES[kind][name]
            if given is not None or not self._happens():
                made[name] = given
        if kind == "metric" and "integration" in made:
            made["integration"] = self._integration(made["integration"])
        return self._with_unknown(made)

    def _integration(self, integration: Json) -> Json | None:
        is_klaviyos_own = integration["key"] == "klaviyo"
        kept = self._dice.choice(INTEGRATIONS["klaviyo" if is_klaviyos_own else "other"])
        if kept is None:
            return None
        return {name: integration.get(name) for name in kept}

    def _relationships(self, kind: str, relations: Json, dropped: tuple[str, str]) -> Json:
        made: Json = {}
        for name, relation in relations.items():
            is_empty = not relation.get("data")
            if (kind, name) == dropped or (is_empty and self._happens()):
                continue
            kept = dict(relation)
            if self._happens():
                kept.pop("links", None)
            made[name] = self._with_unknown(kept)
        return made

    def _value(self, name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
        """A value of an answer; what the brand itself put in is left alone, but for its amount."""
        if name in OWN_WORDS:
            return self._amount(value)
        if name in NUMBERS:
            return {key: self._numbers(item) for key, item in value.items()}
        if isinstance(value, dict):
            made = {key: self._value(key, item) for key, item in value.items()}
            return made if name == "groupings" else self._with_unknown(made)
        if isinstance(value, list):
            return [self._value(name, item) for item in value]
        if isinstance(value, str) and name in MOMENTS:
            return self._moment(value)
        return value

    def _amount(self, properties: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(properties, dict) and isinstance(properties.get("$value"), float):
            amount = properties["$value"]
            given = self._dice.choice((amount, self._number(amount), f"{amount:.2f}"))
            return properties | {"$value": given}
        return properties

    def _numbers(self, values: Any) -> Any:  # noqa: ANN401 - one, or one per day
        if isinstance(values, list):
            return [self._numbers(value) for value in values]
        return values if values is None else self._number(values)

    def _number(self, value: float) -> float:
        """A whole number with or without a fraction of zero."""
        if not self._happens() or value != int(value) or abs(value) > 1 << 53:
            return value
        return float(value) if isinstance(value, int) else int(value)

    def _moment(self, text: str) -> str:
        match = _MOMENT.fullmatch(text)
        if match is None or not self._happens():
            return text
        day, time = match.groups()
        return self._dice.choice(
            (f"{day}T{time}Z", f"{day} {time}+00:00", f"{day} {time}.000000+00:00",
             f"{day}T{time}.000000+00:00", f"{day}T{time}.000Z", f"{day}T{time}+0000")
        )  # fmt: skip

    def _with_unknown(self, made: Json) -> Json:
        """Another field or two, and another order."""
        if self._happens():
            name, value = self._dice.choice(UNKNOWN)
            made = {name: value} | made
        names = list(made)
        if self._happens():
            self._dice.shuffle(names)
        return {name: made[name] for name in names}

    def _happens(self) -> bool:
        return self._dice.random() < self._odds
