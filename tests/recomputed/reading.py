"""What two runs of the tap read of a brand, with their gaps, and the raw rows that they left."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.recomputed.brand import ATTRIBUTED, DAY, Answer, Brand, Event, Group, Run, Series, Span

if TYPE_CHECKING:
    import random

BY_PROVIDER = ("email.delivered", "email.bounced", "email.marked")
BY_BOT = ("email.clicked", "sms.clicked")
MINUTE = timedelta(minutes=1)
Rows = dict[tuple[Any, ...], dict[str, Any]]


class Reader:
    """Reads one brand twice. `rows` are the raw rows of the tables that grow, by their keys."""

    def __init__(self, brand: Brand, dice: random.Random) -> None:
        """Draw what will not be read."""
        self.brand = brand
        self.dice = dice
        self.rows: dict[str, Rows] = defaultdict(dict)
        self.truth: dict[str, list[Event]] = defaultdict(list)
        for event in brand.truth:
            self.truth[event.metric].append(event)
        self.refused = {one for one in self._all_series() if dice.random() < 0.03}
        self.gaps = {one: self._gap() for one in self._all_series() if dice.random() < 0.06}
        self.failed = {one for one in self._all_series() if dice.random() < 0.04}
        self.new = {one for one in self._all_series() if dice.random() < 0.03}
        self.event_fate = dice.choice(["ok"] * 6 + ["never", "killed", "failed", "late"])

    def read(self, phase: int) -> None:
        """One run."""
        for series in self._all_series():
            if series in self.refused:
                continue
            for span in self._spans(series, phase):
                self._read_series(series, span, phase)
        self._log("metric_aggregates", "partial" if self.refused else "ok", phase, None)
        self._read_events(phase)

    def _all_series(self) -> list[Series]:
        """In a fixed order, so that a seed's dice fall alike in every process."""
        by_money = self.brand.mapped.get("revenue")
        found = {(metric, "total") for metric in self.brand.metrics}
        for metric, known in self.brand.metrics.items():
            if known.key == "klaviyo":
                found.add((metric, "$message"))
            if metric.startswith(BY_PROVIDER):
                found.add((metric, "Inbox Provider"))
            if metric.startswith(BY_BOT):
                found.add((metric, "Bot Click"))
        if by_money:
            found |= {(by_money, "$value_currency"), (by_money, ATTRIBUTED)}
        return sorted(found)

    def _gap(self) -> tuple[date, date]:
        days = (self.brand.day(self.brand.until[0]) - self.brand.first_day).days
        start = self.dice.randint(0, max(0, days - 2))
        begin = self.brand.first_day + start * DAY
        return begin, begin + self.dice.randint(1, 5) * DAY

    def _spans(self, series: Series, phase: int) -> list[Span]:
        brand = self.brand
        begin, end = brand.midnight(brand.first_day), brand.until[phase - 1]
        if phase == 1 and series in self.new:
            return []
        if phase == 2 and series in self.failed - self.new:
            return []
        if phase == 2 and series not in self.new:
            begin = brand.midnight(brand.day(brand.until[0] - 14 * DAY))
        if phase == 1 and series in self.gaps:
            first, last = (brand.midnight(day) for day in self.gaps[series])
            return [span for span in ((begin, first), (last, end)) if span[0] < span[1]]
        return [(begin, end)]

    def _read_series(self, series: Series, span: Span, phase: int) -> None:
        brand, read_at = self.brand, self.brand.until[phase - 1] + 2 * MINUTE
        known = [
            event for event in self.truth[series[0]]
            if event.phase <= phase and span[0] <= event.at < span[1]
        ]  # fmt: skip
        by_day: dict[date, list[Event]] = defaultdict(list)
        for event in known:
            by_day[brand.day(event.at)].append(_as_of(event, phase))
        day = brand.day(span[0])
        while brand.midnight(day) < span[1]:
            groups = _grouped(by_day[day], series[1])
            is_whole = brand.midnight(day + DAY) <= span[1]
            brand.answers.setdefault(series, {})[day] = Answer(groups, is_whole, phase)
            for group in groups:
                self._keep_group(series, day, group, read_at)
            day += DAY
        key = (*series, span[0])
        before = self.rows["metric_aggregate_reads"].get(key, {"window_end": span[1]})
        self.rows["metric_aggregate_reads"][key] = {
            **self._series_columns(series, read_at), "rows": 0, "window_start": span[0],
            "window_end": max(span[1], before["window_end"]),
        }  # fmt: skip

    def _keep_group(self, series: Series, day: date, group: Group, read_at: datetime) -> None:
        names = json.dumps(list(group.dimensions.values())) if group.dimensions else ""
        key = (*series, day, names)
        self.rows["metric_aggregates"][key] = {
            **self._series_columns(series, read_at), "period_start": self.brand.midnight(day),
            "dimension_key": names, "date": day, "dimensions": group.dimensions,
            "count": group.count, "unique_profiles": group.people, "sum_value": group.amount,
        }  # fmt: skip

    def _series_columns(self, series: Series, read_at: datetime) -> dict[str, Any]:
        return {
            "account_id": self.brand.account, "metric_id": series[0], "breakdown": series[1],
            "interval": "day", "timezone": self.brand.zone, "read_at": read_at,
            "_sdc_batched_at": read_at + 10 * MINUTE,
        }  # fmt: skip

    def _read_events(self, phase: int) -> None:
        brand, fate = self.brand, self.event_fate
        begin, end = brand.midnight(brand.first_day), brand.until[phase - 1]
        if fate == "late":
            begin += 30 * DAY + timedelta(hours=7)
        if phase == 2:
            begin = max(begin, brand.until[0] - 8 * DAY)
        is_read = fate in ("ok", "late") or (phase == 1 and fate != "never")
        if is_read or (fate == "killed"):
            self._load_events((begin, end), phase, is_whole=is_read)
        status = "ok" if is_read else "failed"
        self._log("events", status, phase, (begin, end) if is_read else None)
        if is_read:
            brand.event_spans.append((begin, end))

    def _load_events(self, span: Span, phase: int, *, is_whole: bool) -> None:
        brand, read_at = self.brand, self.brand.until[phase - 1] + 5 * MINUTE

        def was_read_whole(at: datetime) -> bool:
            begin, end = (brand.midnight(day) for day in (brand.day(at), brand.day(at) + DAY))
            return span[0] <= begin and end <= span[1]

        if is_whole:
            brand.events = [one for one in brand.events if not was_read_whole(one.at)]
        known = {event.ident: event for event in brand.events}
        for event in brand.truth:
            is_there = event.phase <= phase and not (event.is_gone and phase == 2)
            if is_there and not event.is_counted_only and span[0] <= event.at < span[1]:
                known[event.ident] = _as_of(event, phase)
                self._keep_event(known[event.ident], read_at)
        brand.events = sorted(known.values(), key=lambda event: (event.at, event.ident))

    def _keep_event(self, event: Event, read_at: datetime) -> None:
        self.rows["events"][event.ident,] = {
            "account_id": self.brand.account, "id": event.ident, "datetime": event.at,
            "metric_id": event.metric, "profile_id": event.person or None, "value": event.value,
            "value_currency": event.currency, "event_properties": event.properties,
            "attributions": list(event.attributions), "_sdc_extracted_at": read_at,
            "_sdc_batched_at": read_at + 10 * MINUTE,
        }  # fmt: skip

    def _log(self, stream: str, status: str, phase: int, span: Span | None) -> None:
        started = self.brand.until[phase - 1] + MINUTE
        error = None if status == "ok" else f"{status} in run {phase}"
        shard = "2/3" if phase % 2 else None
        run = Run(f"run{phase}", stream, status, error, started, started + 8 * MINUTE, span, shard)
        self.brand.runs.append(run)


def _as_of(event: Event, phase: int) -> Event:
    return replace(event, properties=event.later) if phase == 2 and event.later else event


def _grouped(events: list[Event], breakdown: str) -> list[Group]:
    groups: dict[tuple[tuple[str, str], ...], list[Event]] = defaultdict(list)
    for event in events:
        groups[tuple(_dimensions(event, breakdown).items())].append(event)
    if not groups and breakdown == "total":
        groups[()] = []
    return [
        Group(
            dict(key), len(ones), len({one.person for one in ones}),
            sum((one.value or Decimal(0) for one in ones), Decimal(0)),
        )
        for key, ones in groups.items()
    ]  # fmt: skip


def _dimensions(event: Event, breakdown: str) -> dict[str, str]:
    if breakdown == "total":
        return {}
    if breakdown == "$value_currency":
        return {breakdown: event.currency or ""}
    if breakdown == ATTRIBUTED:
        credit = event.attributions[0] if event.attributions else {}
        message = credit.get("flow_message_id") or credit.get("campaign_message_id", "")
        return {"$attributed_message": message, "$attributed_flow": credit.get("flow_id", "")}
    return {breakdown: event.told(breakdown).lower() if breakdown == "Bot Click"
            else event.told(breakdown)}  # fmt: skip
