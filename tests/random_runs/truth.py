"""What the tables must say: counted from the world's own events, without asking its server."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.account.account import Account
from sandbox.account.event import Event

Row = dict[str, Any]
_CREDIT = {
    "$attributed_message": lambda credit: credit.message_id,
    "$attributed_flow": lambda credit: credit.flow_id or "",
}


def moment(text: str) -> datetime:
    """A timestamp as the tap writes it, or as Postgres keeps it: without a zone, in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo("UTC"))


def events_told(account: Account, until: datetime, gone: set[str]) -> dict[str, tuple]:
    """Every event whose time has come, by id; those that vanished are left out."""
    return {
        event.id: _facts(account, event)
        for event in account.events
        if event.at < until.timestamp() and event.id not in gone
    }


def _facts(account: Account, event: Event) -> tuple:
    credit = event.attribution
    return (
        event.at,
        account.metrics[event.metric].id,
        event.cents,
        event.properties.get("$value_currency"),
        [(credit.event_id, credit.flow_id, credit.campaign_id)] if credit else [],
    )


def events_kept(rows: list[Row], account: Account, gone: set[str]) -> dict[str, tuple]:
    """The table's events, in the form of `events_told`."""
    return {
        row["id"]: (
            moment(row["datetime"]).timestamp(),
            row["metric_id"],
            None if row["value"] is None else round(float(row["value"]) * 100),
            row["value_currency"],
            [
                (one["attributed_event_id"], one["flow_id"], one["campaign_id"])
                for one in row["attributions"]
            ],
        )
        for row in rows
        if row["account_id"] == account.id and row["id"] not in gone
    }


def ids_told(account: Account, listed: Row, gone: set[str]) -> set[str]:
    """The events of a listed day."""
    start, end = (moment(listed[f"day_{side}"]).timestamp() for side in ("start", "end"))
    return {one.id for one in account.events if start <= one.at < end and one.id not in gone}


def ids_kept(rows: list[Row], account: Account, listed: Row) -> set[str]:
    """The table's events of a listed day, less those that its list says are gone."""
    start, end = (moment(listed[f"day_{side}"]) for side in ("start", "end"))
    return {
        row["id"]
        for row in rows
        if row["account_id"] == account.id and start <= moment(row["datetime"]) < end
        and row["id"] in listed["ids"]
    }  # fmt: skip


def aggregates_told(
    account: Account, series: set[tuple[str, str]], until: datetime
) -> dict[tuple, tuple]:
    """Count, people and cents of every group that has anything, by its own local day."""
    ids = {metric.id: key for key, metric in account.metrics.items()}
    told: dict[tuple, tuple] = {}
    for metric_id, breakdown in series:
        groups: dict[tuple, list[Event]] = defaultdict(list)
        by = () if breakdown == "total" else tuple(breakdown.split(","))
        for event in account.by_metric[ids[metric_id]]:
            if event.at < until.timestamp():
                dimensions = tuple(_dimension(event, name) for name in by)
                groups[event.day.isoformat(), dimensions].append(event)
        for (day, dimensions), events in groups.items():
            people = {event.profile for event in events}
            numbers = (len(events), len(people), sum(event.cents or 0 for event in events))
            told[metric_id, breakdown, day, dimensions] = numbers
    return told


def _dimension(event: Event, name: str) -> str:
    if name in _CREDIT:
        return _CREDIT[name](event.attribution) if event.attribution else ""
    value = event.properties.get(name, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def aggregates_kept(
    rows: list[Row], reads: list[Row], account: Account, series: set[tuple[str, str]]
) -> dict[tuple, tuple]:
    """The table's groups without zeros and without stale rows, in the form of the told ones."""
    last_read = _last_read(reads, account)
    kept = {}
    for row in rows:
        one = row["metric_id"], row["breakdown"]
        if row["account_id"] != account.id or one not in series or not row["count"]:
            continue
        if moment(row["read_at"]) < last_read[(*one, row["date"])]:
            continue
        by = () if one[1] == "total" else one[1].split(",")
        dimensions = tuple(row["dimensions"][name] for name in by)
        cents = round(float(row["sum_value"]) * 100)
        numbers = (row["count"], row["unique_profiles"], cents)
        kept[(*one, row["date"], dimensions)] = numbers
    return kept


def _last_read(reads: list[Row], account: Account) -> dict[tuple[str, str, str], datetime]:
    """When each day of each series was last read: a read covers a day if it has its midnight."""
    zone = account.brand.zone
    last: dict[tuple[str, str, str], datetime] = {}
    for read in reads:
        if read["account_id"] != account.id:
            continue
        start, end = (moment(read[f"window_{side}"]) for side in ("start", "end"))
        day = start.astimezone(zone).date()
        while (midnight := datetime(day.year, day.month, day.day, tzinfo=zone)) < end:
            if midnight >= start:
                key = read["metric_id"], read["breakdown"], day.isoformat()
                last[key] = max(last.get(key, start), moment(read["read_at"]))
            day += timedelta(days=1)
    return last


def series_read(reads: list[Row], account: Account, until: datetime) -> set[tuple[str, str]]:
    """The series that the run up to `until` has read."""
    return {
        (read["metric_id"], read["breakdown"])
        for read in reads
        if read["account_id"] == account.id and moment(read["window_end"]) == until
    }
