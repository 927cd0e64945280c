"""What the anomalies tell and what they raise for nothing: `python -m bench.judgement`.

Shops and senders are invented straight into the raw tables and judged by the real models. A shop
loses a part of its orders for sixty days, or nothing happens to it but chance, noise on top of it
and Black Friday; a sender's rates change, or it skips a week now and then.
"""

from __future__ import annotations

import argparse
import itertools
import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bench.brands import BLACK_FRIDAY, DAY, FIRST, SHAPES, Plot, Sender, Shop
from bench.reporting import RAW, build
from sandbox import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterable

SQL = Path(__file__).with_suffix(".sql").read_text()
TABLES = RAW.split("create table public.mix", maxsplit=1)[0].format(accounts=0, share=0)
OWN = """
    create table public.brands (account_id text, first_day date, last_day date, sends boolean);
    create table public.shop_days (account_id text, day date, orders int, amount numeric);
    create table public.sends (account_id text, message text, day date, metric_id text, things int);
"""
ORDERS = (2, 10, 25, 60, 150, 400)
NOISES = (0.0, 0.2, 0.35)
RATES = {
    "open_rate": "-30 %",
    "click_rate": "-50 %",
    "bounce_rate": "x 3",
    "unsubscribe_rate": "x 3",
    "spam_complaint_rate": "x 4",
}
CHANGED = {"opened": 0.7, "clicked": 0.5, "bounced": 3.0, "left": 3.0, "spam": 4.0}
FOUND = """
    select kpi, date_day, is_good, kind, onset, size from analytics.metric_anomalies
    where account_id = %s order by date_day
"""
FALSE = """
    select account_id, kpi, count(*) as days, (
        select count(*) from analytics.metric_anomalies as told
        where (told.account_id, told.channel, told.kpi)
        = (compared.account_id, compared.channel, compared.kpi)
    ) as told
    from analytics_intermediate.int_kpi_scores as compared
    inner join analytics.clients using (account_id)
    where coalesce(week_expected, month_expected) > 0
    group by account_id, channel, kpi
"""
AFTER = "the day after Black Friday's sale"


def shops(brands: int) -> Iterable[Shop]:
    """Those that lose something, and those that lose nothing."""
    after = BLACK_FRIDAY + 5 * DAY
    for n, orders, shape in itertools.product(range(brands), ORDERS, SHAPES):
        yield Shop(f"{orders}|{shape}||{n}", orders, 0.1, Plot(shape))
        if orders in (10, 60):
            yield Shop(f"{orders}|{shape}|{AFTER}|{n}", orders, 0.1, Plot(shape, after))
    for n, orders, noise in itertools.product(range(brands), ORDERS, NOISES):
        yield Shop(f"{orders}|quiet|{noise}|{n}", orders, noise, growth=n % 2 * 0.25)


def senders(brands: int) -> Iterable[Sender]:
    """Those whose rates change, and those whose do not."""
    for n in range(brands):
        yield Sender(f"sender|changed||{n}", 0.1, change=CHANGED)
        for noise in NOISES:
            yield Sender(f"sender|quiet|{noise}|{n}", noise)


def invent(connection: psycopg.Connection[Any], brands: int) -> dict[str, Shop | Sender]:
    """Fill the raw tables; brands by their account."""
    dice = random.Random(1)  # noqa: S311
    connection.execute((TABLES + OWN).encode())
    all_shops, all_senders = list(shops(brands)), list(senders(brands))
    all_brands: list[Shop | Sender] = [*all_shops, *all_senders]
    _copy(connection, "brands", ((b.account, FIRST, b.last, False) for b in all_shops))
    _copy(connection, "brands", ((b.account, FIRST, b.last, True) for b in all_senders))
    _copy(connection, "shop_days", ((b.account, *day) for b in all_shops for day in b.days(dice)))
    _copy(connection, "sends", (
        (b.account, message, day, metric, things)
        for b in all_senders
        for message, day, size, came in b.sends(dice)
        for metric, things in {"received": size, **came}.items()
    ))  # fmt: skip
    connection.execute(SQL.encode())
    return {brand.account: brand for brand in all_brands}


def _copy(connection: psycopg.Connection[Any], table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"copy {table} from stdin".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def print_told(connection: psycopg.Connection[Any], brands: dict[str, Shop | Sender]) -> None:
    """How many were told of their change, and after how many days at most."""
    told: dict[tuple[str, str, str], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for account, brand in brands.items():
        size, shape, when, _ = account.split("|")
        if shape == "quiet":
            continue
        begins = brand.plot.begins if isinstance(brand, Shop) else brand.begins
        found = connection.execute(FOUND.encode(), [account]).fetchall()
        for kpi in ("orders", "revenue") if isinstance(brand, Shop) else RATES:
            days = [
                (row[1] - begins).days
                for row in found
                if row[0] == kpi and row[1] >= begins and not row[2]
            ]
            told[kpi, when, size][RATES.get(kpi, shape)].append(days)
    for (kpi, when, size), shapes in sorted(told.items(), key=_order):
        cells = "  ".join(f"{shape}: {_cell(days)}" for shape, days in shapes.items())
        print(f"{kpi} {when} {size:>6}  {cells}")


def _order(item: tuple[tuple[str, str, str], Any]) -> tuple[str, str, float]:
    kpi, when, size = item[0]
    return kpi, when, float(size) if size.isdecimal() else 0


def _cell(days: list[list[int]]) -> str:
    first = sorted(found[0] + 1 for found in days if found)
    repeats = sum(len(found) - 1 for found in days if found)
    if not first:
        return f"0/{len(days)}"
    again = f", {repeats} again" if repeats else ""
    middle, last = first[len(first) // 2], first[-1]
    return f"{len(first)}/{len(days)} (day {middle}, at the latest {last}{again})"


def print_false(connection: psycopg.Connection[Any]) -> None:
    """Of brands to which nothing happened: anomalies per 1,000 days and KPIs judged."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for account, kpi, days, told in connection.execute(FALSE.encode()).fetchall():
        _, shape, noise, _ = account.split("|")
        if shape == "quiet":
            for group in ((kpi, noise), (kpi, "all"), ("all", noise), ("all", "all")):
                groups[group][0] += days
                groups[group][1] += told
    for (kpi, noise), (days, told) in sorted(groups.items()):
        print(f"{kpi:22} noise {noise:5} {days:7} judged {told:5} told {1000 * told / days:6.2f}")


def main() -> None:
    """Print what is told, and what is told for nothing."""
    parser = argparse.ArgumentParser(prog="python -m bench.judgement")
    parser.add_argument("brands", nargs="?", type=int, default=8, help="of each kind")
    parser.add_argument("--keep", action="store_true", help="wait before the database goes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Postgres(folder / "postgres") as postgres:
            with psycopg.connect(postgres.dsn, autocommit=True) as connection:
                brands = invent(connection, arguments.brands)
            print(f"{len(brands)} brands, built in {build(postgres.env, folder):.0f} s", flush=True)
            with psycopg.connect(postgres.dsn, autocommit=True) as connection:
                print_told(connection, brands)
                print_false(connection)
            if arguments.keep:
                input(postgres.dsn)


if __name__ == "__main__":
    main()
