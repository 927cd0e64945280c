"""The sections of a report about deliverability, and about what to look at next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report.facts import ROWS_SHOWN
from report.parts import Cell, Column, Heading, Item, Items, Note, Part, Table, TableRow
from report.sections import head
from report.sentences import VERDICTS, tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from report.facts import Facts, Row
    from report.words import Words

RATES = ("human_open_rate", "human_click_rate", "bounce_rate", "unsubscribe_rate",
         "spam_complaint_rate")  # fmt: skip
# The numbers of `metric_anomalies` under the names that they have in a report.
_SAME = {"click_rate": "human_click_rate", "open_rate": "human_open_rate"}


def deliverability(facts: Facts, words: Words, _colour: str) -> Iterator[Part]:
    """Rates of email against their bounds, and mailbox providers."""
    if facts.health:
        yield Note(words("health", day=words.day(facts.period.end),
                         score=words.count(facts.health["score"]),
                         band=words(f"band_{facts.health['band']}")))  # fmt: skip
    before, _ = words.others(facts.period)
    titles = [words("column_value"), head(before), words("column_change"),
              words("column_bound"), words("column_verdict")]  # fmt: skip
    columns = [Column(words("column_kpi"), is_number=False), *map(Column, titles)]
    yield Table(columns, [_rate(facts.facts[kpi], words) for kpi in RATES])
    if facts.providers:
        yield Heading(words("heading_providers"))
        yield _providers(facts.providers[:ROWS_SHOWN], words)
    if len(facts.providers) > ROWS_SHOWN:
        yield Note(words("rest", count=words.count(len(facts.providers) - ROWS_SHOWN)))


def _rate(fact: Row, words: Words) -> TableRow:
    is_judged = fact["reason"] in VERDICTS
    change = words.change(fact["value"], fact["previous"], fact["unit"])
    verdict = words(f"verdict_{fact['reason']}") if is_judged else ""
    return TableRow([
        Cell(words(f"kpi_{fact['kpi']}")),
        Cell(words.value(fact["value"], "ratio", None)),
        Cell(words.value(fact["previous"], "ratio", None)),
        Cell(change, tone=tone(fact, fact["previous"])),
        Cell(_bound(fact, words) if is_judged else ""),
        Cell(verdict, badge=fact["reason"] if is_judged else ""),
    ])  # fmt: skip


def _bound(fact: Row, words: Words) -> str:
    name = "bound_least" if fact["is_higher_better"] else "bound_most"
    return words(name, bound=words.ratio(fact["reason_value"]))


def _providers(rows: list[Row], words: Words) -> Table:
    names = ("provider", "delivered", "bounces", "complaints")
    columns = [Column(words(f"column_{one}"), is_number=one != "provider") for one in names]
    return Table(columns, [
        TableRow([Cell(row["inbox_provider"]), Cell(words.count(row["delivered"])),
                  Cell(words.value(row["bounce_rate"], "ratio", None)),
                  Cell(words.value(row["complaint_rate"], "ratio", None))])
        for row in rows
    ])  # fmt: skip


def what_next(facts: Facts, words: Words, _colour: str) -> Iterator[Part]:
    """Rates outside their bounds, unusual numbers, and flows that fell silent."""
    noticed: dict[str, list[str]] = {}
    for kpi, what in (*_rates(facts, words), *_anomalies(facts, words)):
        noticed.setdefault(kpi, []).append(what)
    found = [
        Item(" ".join(said), words(advice if words.has(advice) else "advice_anomaly"))
        for kpi, said in noticed.items()
        if (advice := f"advice_{kpi}")
    ]
    found += _silent(facts, words)
    if found:
        yield Items(found)
    else:
        yield Note(words("next_none"))


def _rates(facts: Facts, words: Words) -> Iterator[tuple[str, str]]:
    for kpi in RATES:
        fact = facts.facts[kpi]
        if fact["reason"] in ("attention", "poor"):
            name, value = words(f"kpi_{kpi}"), words.ratio(fact["value"])
            yield kpi, words("next_rate", kpi=name, value=value, bound=_bound(fact, words))


def _anomalies(facts: Facts, words: Words) -> Iterator[tuple[str, str]]:
    """Unusual numbers; one that a report has no name for is left out."""
    for one in facts.anomalies:
        kpi = _SAME.get(one["kpi"]) or str(one["kpi"])
        if words.has(f"kpi_{kpi}"):
            value, expected = (
                words.value(one[name], one["unit"], one["currency"])
                for name in ("actual", "expected")
            )
            channel = words(f"channel_{one['channel']}")
            name, day = words(f"kpi_{kpi}"), words.day(one["onset"])
            yield (
                kpi,
                words("next_anomaly", kpi=name, channel=channel, value=value, expected=expected,
                      day=day),
            )  # fmt: skip


def _silent(facts: Facts, words: Words) -> Iterator[Item]:
    for one in facts.flows:
        is_silent = one["emails"] == 0 and one["sms"] == 0 and (one["previous_delivered"] or 0) > 0
        if is_silent and one["flow_status"] == "live":
            what = words("next_silent_flow", flow=one["flow_name"] or one["flow_id"],
                         previous=words.count(one["previous_delivered"]))  # fmt: skip
            yield Item(what, words("advice_silent_flow"))
