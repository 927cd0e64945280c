"""From an empty database to the numbers, and once more."""

from collections import Counter
from typing import Any

import pytest

NUMBERS = (
    "email_delivered",
    "email_opens",
    "email_unique_opens",
    "email_clicks",
    "email_unique_clicks",
    "email_bounced",
    "email_spam_complaints",
    "email_unsubscribes",
    "sms_delivered",
    "sms_clicks",
    "subscribes",
    "orders",
    "revenue",
    "refunds",
    "attributed_orders",
    "attributed_revenue",
    "campaign_revenue",
    "flow_revenue",
)
DAILY = "select * from analytics.daily_client_metrics where client = %(client)s order by date_day"


@pytest.mark.parametrize("client", ["acme", "nord", "koala"])
def test_every_number_of_every_day_is_what_the_brand_did(loaded, world, client):
    told = {row["date_day"]: row for row in world.truth.daily_client_metrics(client)}
    rows = loaded.project.database.rows(DAILY, client=client)

    assert rows
    wrong = [
        (str(row["date_day"]), name, row[name], told[row["date_day"]][name])
        for row in rows
        for name in NUMBERS
        if row["date_day"] in told and row[name] != told[row["date_day"]][name]
    ]
    assert not wrong, f"{len(wrong)} numbers differ: (day, column, here, truth) {wrong[:10]}"
    assert {row["currency"] for row in rows} == {row["currency"] for row in told.values()}
    assert not any(row["is_missing"] for row in rows)


@pytest.mark.parametrize("client", ["acme", "nord", "koala"])
def test_every_day_on_which_something_happened_is_there_once(loaded, world, client):
    told = world.truth.daily_client_metrics(client)
    busy = {row["date_day"] for row in told if any(row[name] for name in NUMBERS)}
    days = Counter(row["date_day"] for row in loaded.project.database.rows(DAILY, client=client))

    assert set(days.values()) == {1}
    assert busy <= set(days)
    assert min(days) == min(busy)
    silent = set(days) - {row["date_day"] for row in told}
    assert not [row for row in _rows(loaded, client) if row["date_day"] in silent and _any(row)]


def test_events_are_what_the_brands_did(loaded, world):
    rows = loaded.project.database.rows(
        "select c.client, m.name, count(*) as events from tap_klaviyo.events e "
        "join tap_klaviyo.accounts c using (account_id) "
        "join tap_klaviyo.metrics m on (m.account_id, m.id) = (e.account_id, e.metric_id) "
        "group by 1, 2"
    )
    here: Counter[tuple[str, str]] = Counter()
    for row in rows:
        here[row["client"], row["name"]] += row["events"]

    there: Counter[tuple[str, str]] = Counter()
    for client in world.accounts:
        for metrics in world.truth.totals(client).values():
            for name, total in metrics.items():
                there[client, name.partition(" [")[0]] += total["count"]
    assert here == there


@pytest.fixture(scope="module")
def again(loaded, sandbox):
    """The second run: how many requests it made."""
    before = len(sandbox.requests)
    loaded.project.succeed("run", "tap-klaviyo", "target-postgres", "dbt:build")
    return len(sandbox.requests) - before


def test_a_second_run_reads_only_what_is_new_and_changes_nothing(loaded, request):
    database = loaded.project.database
    daily = "select * from analytics.daily_client_metrics order by account_id, date_day"
    numbers = database.rows(daily)

    requests = request.getfixturevalue("again")

    assert requests < (loaded.requests_before + loaded.requests) / 2
    assert database.contents() == loaded.contents
    assert database.rows(daily) == numbers


def test_the_log_of_a_run_counts_every_request(loaded, again):
    runs = loaded.project.database.rows(
        "select run_id, sum(requests)::int as sent, sum(retries)::int as retries "
        "from tap_klaviyo.sync_log group by run_id order by run_id"
    )
    # One that finds its idle connection closed was sent, and sent again, but arrived once.
    arrivals = (loaded.requests_before, loaded.requests, again)
    for run, arrived in zip(runs, arrivals, strict=True):
        assert run["sent"] - run["retries"] <= arrived <= run["sent"]
    not_whole = loaded.project.database.rows(
        "select distinct client, stream, status from tap_klaviyo.sync_log where status <> 'ok'"
    )
    # Klaviyo has no values of koala's orders in this report.
    assert [tuple(row.values()) for row in not_whole] == [("koala", "campaign_values", "partial")]


def _rows(loaded: Any, client: str) -> list[dict[str, Any]]:
    return loaded.project.database.rows(DAILY, client=client)


def _any(row: dict[str, Any]) -> bool:
    return any(row[name] for name in NUMBERS)
