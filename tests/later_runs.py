"""Later runs of the pipeline, as they change the raw tables and the accounts' settings."""

import random
from datetime import datetime, timedelta
from typing import Any

import psycopg

DAY = timedelta(days=1)
READ_AGAIN = """
    update tap_klaviyo.events set _sdc_extracted_at = %(at)s, _sdc_batched_at = %(at)s
    where account_id = %(account)s and datetime >= %(start)s and datetime < %(end)s
    and md5(id || %(salt)s) >= %(gone)s
"""
CORRECTED = """
    update tap_klaviyo.events
    set value = value + 1, attributions = '[]', value_currency = 'XTS'
    where account_id = %(account)s and datetime >= %(start)s and datetime < %(end)s
    and value is not null and md5(%(salt)s || id) < '20' and _sdc_batched_at = %(at)s
"""
LATE = """
    insert into tap_klaviyo.events (
        account_id, id, datetime, metric_id, profile_id, value, value_currency, event_properties,
        attributions, _sdc_extracted_at, _sdc_batched_at
    )
    select account_id, id || %(salt)s, datetime + interval '1 hour', metric_id, profile_id, value,
        value_currency, event_properties, attributions, %(at)s, %(at)s
    from tap_klaviyo.events
    where account_id = %(account)s and datetime >= %(start)s and datetime < %(end)s
    and md5(id || 'late' || %(salt)s) < '08'
"""
# With lists of the days' events: what is unchanged is not written.
CHANGED_ALONE = """
    update tap_klaviyo.events
    set value = value + 1, attributions = '[]', value_currency = 'XTS', _sdc_extracted_at = %(at)s,
        _sdc_batched_at = %(at)s
    where account_id = %(account)s and datetime >= %(start)s and datetime < %(end)s
    and value is not null and md5(%(salt)s || id) < '20' and md5(id || %(salt)s) >= %(gone)s
"""
LISTED = """
    insert into tap_klaviyo.event_reads (
        account_id, date, day_start, day_end, read_at, rows, ids, _sdc_batched_at
    )
    select account_id, day, day_start, day_end, %(at)s, 0, coalesce(
        (
            select jsonb_agg(events.id order by events.id) from tap_klaviyo.events
            where events.account_id = days.account_id
            and events.datetime >= days.day_start and events.datetime < days.day_end
            and (md5(events.id || %(salt)s) >= %(gone)s or events._sdc_batched_at = %(at)s)
        ), '[]'), %(at)s
    from (
        select account_id, day::date as day,
            day at time zone timezone at time zone 'UTC' as day_start,
            (day + interval '1 day') at time zone timezone at time zone 'UTC' as day_end
        from tap_klaviyo.accounts cross join generate_series(
            %(start)s::timestamp::date - 1, %(listed_until)s::timestamp::date + 1, interval '1 day'
        ) as day
        where account_id = %(account)s
    ) as days
    where day_start >= %(start)s and day_end <= %(listed_until)s
    on conflict (account_id, date) do update set day_start = excluded.day_start,
        day_end = excluded.day_end, read_at = excluded.read_at, ids = excluded.ids,
        _sdc_batched_at = excluded._sdc_batched_at
"""
LISTS_LOGGED = """
    insert into tap_klaviyo.sync_log (run_id, account_id, stream, status)
    values (%(salt)s, %(account)s, 'event_reads', 'failed')
"""
# As the last release left a database: it wrote every event that it re-read.
BEFORE_THERE_WERE_LISTS = """
    update tap_klaviyo.events set _sdc_extracted_at = (
        select max(started_at) from tap_klaviyo.sync_log
        where stream = 'events' and sync_log.account_id = events.account_id
    );
    truncate tap_klaviyo.event_reads;
    delete from tap_klaviyo.sync_log where stream = 'event_reads';
    alter table analytics_intermediate.int_event_day_reads drop column listed_since,
        drop column listed_at, drop column list_digest, drop column newest_event_at;
"""
# Aggregates are asked for by whole local days; a group that is not sent again is gone. A window
# that was read before is at least as long the next time.
SENT_AGAIN = """
    update tap_klaviyo.metric_aggregates
    set count = count + 1, sum_value = sum_value * 1.5, read_at = %(at)s, _sdc_batched_at = %(at)s
    where account_id = %(account)s and date > %(start)s::date and date < %(end)s::date
    and md5(metric_id || breakdown || dimension_key || %(salt)s) >= %(gone)s
"""
ANOTHER_DAY = """
    insert into tap_klaviyo.metric_aggregates (
        account_id, metric_id, breakdown, "interval", period_start, dimension_key, date, dimensions,
        timezone, count, unique_profiles, sum_value, read_at, _sdc_batched_at
    )
    select account_id, metric_id, breakdown, "interval",
        (%(end)s::date - 1)::timestamp at time zone timezone at time zone 'UTC', dimension_key,
        %(end)s::date - 1, dimensions, timezone, count, unique_profiles, sum_value, %(at)s, %(at)s
    from tap_klaviyo.metric_aggregates
    where account_id = %(account)s and date = %(end)s::date - 8
    on conflict do nothing
"""
ASKED = """
    insert into tap_klaviyo.metric_aggregate_reads (
        account_id, metric_id, breakdown, "interval", timezone, rows, window_start, window_end,
        read_at, _sdc_batched_at
    )
    select distinct account_id, metric_id, breakdown, "interval", timezone, 0,
        (%(start)s::date + 1)::timestamp at time zone timezone at time zone 'UTC',
        %(end)s::date::timestamp at time zone timezone at time zone 'UTC', %(at)s::timestamp,
        %(at)s::timestamp
    from tap_klaviyo.metric_aggregate_reads where account_id = %(account)s
    on conflict (account_id, metric_id, breakdown, "interval", window_start) do update
    set window_end = greatest(metric_aggregate_reads.window_end, excluded.window_end),
        read_at = excluded.read_at, _sdc_batched_at = excluded._sdc_batched_at
"""
LOGGED = """
    insert into tap_klaviyo.sync_log (
        run_id, account_id, stream, client, status, started_at, finished_at, records, requests,
        retries, throttled_seconds, window_start, window_end, _sdc_batched_at
    )
    select %(salt)s, account_id, 'events', client, 'ok', %(at)s, %(at)s, 0, 0, 0, 0,
        %(start)s, %(end)s, %(at)s
    from tap_klaviyo.accounts where account_id = %(account)s
"""
# What an account says of itself. A new currency counts from the local day of the last reading.
SETTINGS = {
    "currency": """
        update tap_klaviyo.accounts
        set preferred_currency = case preferred_currency when 'XTS' then 'EUR' else 'XTS' end
        where account_id = %(account)s
    """,
    "client": """
        update tap_klaviyo.accounts set client = client || '-new' where account_id = %(account)s
    """,
    "renamed metric": """
        update tap_klaviyo.metrics set name = case name
            when 'Clicked Email' then 'Clicked Something' else 'Clicked Email' end
        where account_id = %(account)s and name in ('Clicked Email', 'Clicked Something')
    """,
    "lost role": """
        delete from tap_klaviyo.mapped_metrics
        where account_id = %(account)s and id in ('refunded_sales', 'cancelled_sales')
    """,
    "other role": """
        update tap_klaviyo.mapped_metrics set metric_id = (
            select min(id) from tap_klaviyo.metrics
            where account_id = %(account)s and name = 'Checkout Started'
        )
        where account_id = %(account)s and id = 'revenue'
    """,
}


class Loader:
    """Changes raw events and aggregates as later runs of the pipeline might."""

    def __init__(self, database: Any, seed: int) -> None:
        self._database = database
        self._random = random.Random(seed)  # noqa: S311 - a dice, not a secret
        self._now: datetime = database.value("select max(_sdc_batched_at) from tap_klaviyo.events")

    def run(self) -> None:
        """Read a span again for some accounts: some events are gone, changed or new."""
        self._now += DAY
        accounts = self._database.rows("select account_id from tap_klaviyo.accounts")
        account = self._random.choice(accounts)["account_id"]
        self.change(account, self._random.choice(["currency", *SETTINGS]))
        for account in self._random.sample(accounts, self._random.randint(1, len(accounts))):
            start = self._now - self._random.choice([8, 8, 15, 40]) * DAY
            self._read(account["account_id"], start, was_killed=self._random.random() < 0.2)

    def change(self, account: str, setting: str) -> None:
        """Change a setting of an account."""
        with psycopg.connect(self._database.dsn) as connection:
            connection.execute(SETTINGS[setting], {"account": account})

    def _read(self, account: str, start: datetime, *, was_killed: bool) -> None:
        salt = f"r{self._random.randrange(10**6)}"
        values = {
            "account": account,
            "start": start,
            "end": self._now - DAY,
            "listed_until": self._now - (4 if was_killed else 1) * DAY,
            "at": self._now,
            "salt": salt,
            "gone": self._random.choice(["00", "04", "40", "ff"]),
        }
        events = [READ_AGAIN, CORRECTED, LATE]
        if self._random.random() < 0.7:
            events = [LISTS_LOGGED, CHANGED_ALONE, LATE, LISTED]
        aggregates = [SENT_AGAIN, ANOTHER_DAY]
        if not was_killed:
            events.append(LOGGED)
            aggregates.append(ASKED)
        # Each stream can fail alone.
        statements = self._random.choice([events, aggregates, events + aggregates])
        with psycopg.connect(self._database.dsn) as connection:
            for statement in statements:
                connection.execute(statement, values)
