"""The sections of a report about revenue, campaigns, flows and people."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from report import charts
from report.facts import CAMPAIGNS_SHOWN, ROWS_SHOWN
from report.parts import Cell, Chart, Column, Heading, Note, Part, Table, TableRow
from report.periods import Period
from report.sentences import Sentences, tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from report.facts import Facts, Row
    from report.words import Words

REVENUE = ("revenue", "orders", "attributed_revenue", "campaign_revenue", "flow_revenue",
           "attributed_share", "attributed_orders", "email_revenue_per_recipient")  # fmt: skip
PARTS = ("campaign_revenue", "flow_revenue")
_CENT = Decimal("0.01")
AUDIENCE = ("subscribes", "email_unsubscribes", "email_delivered", "sms_delivered")
DATED = {
    "subscribes": "consent", "email_unsubscribes": "unsubscribe", "bounce_rate": "bounce",
    **dict.fromkeys(("email_delivered", "email_revenue_per_recipient", "human_open_rate",
                     "human_click_rate", "unsubscribe_rate", "spam_complaint_rate",
                     "sms_delivered"), "delivery"),
}  # fmt: skip


def compared(facts: Facts, words: Words, kpis: Sequence[str]) -> Table:
    """Numbers next to those of the period before and of a year ago."""
    before, year_ago = words.others(facts.period)
    titles = [words("column_value"), head(before), words("column_change"), head(year_ago)]
    columns = [Column(words("column_kpi"), is_number=False), *map(Column, titles)]
    rows = [_compared(facts.facts[kpi], words) for kpi in kpis]
    has_year_ago = any(facts.facts[kpi]["year_ago"] is not None for kpi in kpis)
    shown = len(columns) if has_year_ago else len(columns) - 1
    return Table(columns[:shown], [TableRow(row.cells[:shown], row.is_part) for row in rows])


def head(name: str) -> str:
    """A name at the head of a column."""
    return name[:1].upper() + name[1:]


def _compared(fact: Row, words: Words) -> TableRow:
    numbers = [
        words.value(fact[name], fact["unit"], fact["currency"])
        for name in ("value", "previous", "year_ago")
    ]
    change = Cell(
        words.change(fact["value"], fact["previous"], fact["unit"]),
        tone=tone(fact, fact["previous"]),
    )
    cells = [Cell(words(f"kpi_{fact['kpi']}")), *map(Cell, numbers)]
    return TableRow([*cells[:3], change, cells[3]], is_part=fact["kpi"] in PARTS)


def revenue(facts: Facts, words: Words, colour: str) -> Iterator[Part]:
    """Revenue, attributed and as a share."""
    yield compared(facts, words, REVENUE)
    names = {"campaign_revenue": "series_campaigns", "flow_revenue": "series_flows"}
    rows = _history(facts, words, names, facts.currency)
    if rows:
        title = words("chart_history")
        yield Chart(title, charts.stacked(title, rows, [words(one) for one in names.values()],
                                          colour))  # fmt: skip


def attribution(facts: Facts, words: Words, _colour: str) -> Iterator[Part]:
    """What the credited orders rest on; nothing without an attributed amount."""
    attributed, whole = (
        facts.facts["attributed_revenue"]["value"],
        sum(one["revenue"] for one in facts.touches),
    )
    if not attributed or not whole or not facts.currency:
        return
    yield Note(words("attribution_note"))
    titles = ("orders", "revenue", "share")
    columns = [Column(words("column_touch"), is_number=False)]
    columns += [Column(words(f"column_{one}")) for one in titles]
    yield Table(columns, [
        TableRow([
            Cell(words(f"touch_{one['touch']}")), Cell(words.count(one["orders"])),
            Cell(words.money(one["revenue"], facts.currency)),
            Cell(words.ratio(one["revenue"] / whole, 1)),
        ])
        for one in facts.touches
    ])  # fmt: skip
    if abs(whole - attributed) > _CENT:
        amounts = [words.money(one, facts.currency) for one in (whole, attributed)]
        yield Note(words("attribution_part", whole=amounts[0], attributed=amounts[1]))


def _history(
    facts: Facts, words: Words, names: dict[str, str], currency: str | None
) -> list[dict[str, Any]]:
    """Rows of a chart: periods of which both numbers are known; nothing for a single one."""
    known: dict[Any, list[Row]] = {}
    for row in facts.history:
        if row["kpi"] in names and row["value"] is not None and row["currency"] == currency:
            known.setdefault(row["period_start"], []).append(row)
    whole = {start: rows for start, rows in known.items() if len(rows) == len(names)}
    return [
        {
            "at": words.short_period(Period(start, facts.period.kind)),
            "series": words(names[row["kpi"]]),
            "amount": float(row["value"]),
            "label": _label(row, rows, words),
        }
        for start, rows in (whole.items() if len(whole) > 1 else ())
        for row in rows
    ]


def _label(row: Row, rows: list[Row], words: Words) -> str:
    """What is written at a column: the whole; at a line's point: its own value."""
    if row["currency"] is None:
        return words.count(row["value"])
    whole = sum(one["value"] for one in rows)
    return words.count(whole)


def campaigns(facts: Facts, words: Words, _colour: str) -> Iterator[Part]:
    """Those that earned most and least."""
    sent = facts.campaigns
    known = [one for one in sent if one["attributed_revenue"] is not None]
    if not sent:
        yield Note(words("campaigns_none"))
        return
    day = words.day(facts.account["last_whole_day"])
    yield Note(words("campaigns_count", count=words.count(len(sent)), day=day))
    if len(known) <= 2 * CAMPAIGNS_SHOWN:
        yield Heading(words("campaigns_all"))
        yield _campaigns(known, words)
    else:
        yield Heading(words("campaigns_most"))
        yield _campaigns(known[:CAMPAIGNS_SHOWN], words)
        yield Heading(words("campaigns_least"))
        yield _campaigns(known[: -CAMPAIGNS_SHOWN - 1 : -1], words)
    if len(known) < len(sent):
        yield Note(words("campaigns_unknown"))


def _campaigns(rows: list[Row], words: Words) -> Table:
    titles = ("sent", "delivered", "clicks", "revenue", "per_recipient")
    columns = [Column(words("column_campaign"), is_number=False)]
    columns += [Column(words(f"column_{one}")) for one in titles]
    return Table(columns, [TableRow(_campaign(row, words)) for row in rows])


def _campaign(row: Row, words: Words) -> list[Cell]:
    subject = row["subject"] or words("no_subject", campaign=row["campaign_name"])
    money = [words.value(row[one], "money", row["currency"])
             for one in ("attributed_revenue", "revenue_per_recipient")]  # fmt: skip
    return [
        Cell(subject, under=row["campaign_name"] if row["subject"] else ""),
        Cell(words.short_day(row["sent_day"])),
        Cell(words.value(row["delivered"], "count", None)),
        Cell(words.value(row["human_click_rate"], "ratio", None)),
        *map(Cell, money),
    ]


def flows(facts: Facts, words: Words, colour: str) -> Iterator[Part]:
    """What each flow sent and earned."""
    sent = [one for one in facts.flows if one["emails"] or one["sms"] or one["revenue"]]
    if not sent:
        yield Note(words("flows_none"))
        return
    title = words("chart_flows")
    bars = [
        {"at": one["flow_name"] or one["flow_id"], "amount": float(one["revenue"]),
         "label": words.money(one["revenue"], one["currency"])}
        for one in sent[:ROWS_SHOWN] if one["revenue"] is not None and one["currency"]
    ]  # fmt: skip
    if bars:
        yield Chart(title, charts.bars(title, bars, colour))
    yield Heading(words("section_flows"))
    titles = [words("column_emails"), words("column_sms"), words("column_revenue"),
              head(words.others(facts.period)[0])]  # fmt: skip
    columns = [Column(words("column_flow"), is_number=False), *map(Column, titles)]
    yield Table(columns, [_flow(one, words) for one in sent[:ROWS_SHOWN]])
    if len(sent) > ROWS_SHOWN:
        yield Note(words("rest", count=words.count(len(sent) - ROWS_SHOWN)))


def _flow(row: Row, words: Words) -> TableRow:
    return TableRow([
        Cell(row["flow_name"] or row["flow_id"]),
        *(Cell(words.value(row[one], "count", None)) for one in ("emails", "sms")),
        *(Cell(words.value(row[one], "money", row["currency"])) for one in ("revenue", "previous")),
    ])  # fmt: skip


def audience(facts: Facts, words: Words, colour: str) -> Iterator[Part]:
    """Who came, who left, and how much was sent."""
    yield compared(facts, words, AUDIENCE)
    names = {"subscribes": "series_subscribes", "email_unsubscribes": "series_unsubscribes"}
    rows = _history(facts, words, names, None)
    if rows:
        title = words("chart_audience")
        yield Chart(title, charts.lines(title, rows, [words(one) for one in names.values()],
                                        colour))  # fmt: skip


def definitions(facts: Facts, words: Words, _colour: str) -> Iterator[Part]:
    """What each number means, and by which date it counts."""
    columns = [
        Column(words(f"column_{one}"), is_number=False) for one in ("kpi", "meaning", "dated")
    ]
    yield Table(columns, [
        TableRow([Cell(words(f"kpi_{kpi}")), Cell(words(f"means_{kpi}")),
                  Cell(words(f"dated_{DATED.get(kpi, 'event')}"))])
        for kpi in facts.facts
    ])  # fmt: skip
    for name in ("definitions_note", "definitions_rates", "unknown"):
        yield Note(words(name))


def first(facts: Facts, words: Words, colour: str) -> Iterator[Part]:
    """The summary: numbers, sentences, the days."""
    sentences = Sentences(facts, words)
    yield sentences.tiles()
    yield sentences.summary()
    days = [one for one in facts.days if None not in (one["revenue"], one["attributed_revenue"])]
    if facts.currency and len(days) == len(facts.days):
        series = [words("series_attributed"), words("series_other")]
        rows = [
            {"at": words.short_day(day["date_day"]), "series": name, "amount": float(amount),
             "label": ""}
            for day in days
            for name, amount in zip(series, (
                day["attributed_revenue"], max(day["revenue"] - day["attributed_revenue"], 0)
            ), strict=True)
        ]  # fmt: skip
        title = words("chart_days")
        yield Chart(title, charts.stacked(title, rows, series, colour))
    yield Note(sentences.settled())
