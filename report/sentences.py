"""Facts in words, by rules: a number, its change, and the reason that `report_facts` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from report.parts import Against, Texts, Tile, Tiles

if TYPE_CHECKING:
    from report.facts import Facts, Row
    from report.words import Words

TILES = ("attributed_revenue", "attributed_share", "revenue", "human_click_rate")
SUMMARY = ("attributed_revenue", "attributed_share", "revenue", "email_delivered",
           "human_click_rate", "subscribes")  # fmt: skip
# The unit of `reason_value`, where it is not that of the number.
_UNITS = {
    "orders": "count", "amount_per_order": "count", "attributed_revenue": "money",
    "revenue": "money",
}  # fmt: skip
VERDICTS = ("healthy", "attention", "poor")


def tone(fact: Row, other: Any) -> str:  # noqa: ANN401 - a number, as Postgres has it
    """Whether the change is good or bad; empty if that depends, or nothing changed."""
    value = fact["value"]
    if None in (value, other, fact["is_higher_better"]) or value == other:
        return ""
    return "good" if (value > other) == fact["is_higher_better"] else "bad"


class Sentences:
    """The words of one report."""

    def __init__(self, facts: Facts, words: Words) -> None:
        """Take the facts and the language."""
        self._facts = facts
        self._words = words

    def tiles(self) -> Tiles:
        """The numbers that stand out."""
        return Tiles([self._tile(self._facts.facts[kpi]) for kpi in TILES])

    def _tile(self, fact: Row) -> Tile:
        words = self._words
        value = words.value(fact["value"], fact["unit"], fact["currency"])
        before, year_ago = words.others(self._facts.period)
        against = [self._against(fact, fact["previous"], before)]
        if fact["year_ago"] is not None:
            against.append(self._against(fact, fact["year_ago"], year_ago))
        short = f"tile_{fact['kpi']}"
        name = words(short if words.has(short) else f"kpi_{fact['kpi']}")
        return Tile(name, value, against)

    def _against(self, fact: Row, other: Any, name: str) -> Against:  # noqa: ANN401 - as above
        words = self._words("against", before=name)
        change = self._words.change(fact["value"], other, fact["unit"])
        return Against(change, words, tone(fact, other))

    def summary(self) -> Texts:
        """The period in a few sentences."""
        facts = [self._facts.facts[kpi] for kpi in SUMMARY]
        said = [self.fact(fact) for fact in facts if fact["value"] is not None]
        known = [one for one in self._facts.campaigns if one["attributed_revenue"]]
        if known:
            best = known[0]
            subject = best["subject"] or best["campaign_name"]
            value = self._words.money(best["attributed_revenue"], best["currency"])
            said.append(self._words("best_campaign", subject=subject, value=value))
        return Texts(said)

    def fact(self, fact: Row) -> str:
        """A number with its change and the reason."""
        name = f"subject_{fact['kpi']}"
        value = self._words.value(fact["value"], fact["unit"], fact["currency"])
        form, change = _form(fact), ""
        if form in ("fact_up", "fact_down"):
            change = self._words.size(fact["value"], fact["previous"], fact["unit"])
        said = self._words(form, subject=self._words(name), change=change, value=value)
        return f"{said}{self._reason(fact)}{self._year(fact)}."

    def _year(self, fact: Row) -> str:
        if fact["year_ago"] is None:
            return ""
        value = self._words.value(fact["year_ago"], fact["unit"], fact["currency"])
        return self._words("fact_year", value=value)

    def _reason(self, fact: Row) -> str:
        if fact["reason"] is None:
            return ""
        unit = _UNITS.get(fact["reason"]) or str(fact["unit"])
        currency: str | None = fact["currency"] or self._facts.currency
        show = self._words.value if fact["reason"] in VERDICTS else self._words.signed
        delta = show(fact["reason_value"], unit, currency)
        return self._words(f"reason_{fact['reason']}", delta=delta)

    def settled(self) -> str:
        """Whether the numbers are final."""
        until = self._facts.settled_until
        if until is None:
            return self._words("settled")
        if until < self._facts.period.start:
            return self._words("unsettled_all")
        return self._words("unsettled_part", day=self._words.day(until))


def _form(fact: Row) -> str:
    """The sentence for a change; without anything to compare with, there is only the number."""
    value, previous = fact["value"], fact["previous"]
    if value == previous:
        return "fact_same"
    if previous is None or (previous == 0 and fact["unit"] != "ratio"):
        return "fact_alone"
    return "fact_up" if value > previous else "fact_down"
