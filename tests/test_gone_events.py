"""What is gone at Klaviyo is gone from the numbers, though unchanged rows are not written."""

import json
from datetime import timedelta

import pytest

from sandbox import Sandbox, World
from tests.conftest import EXTRACT

COUNTED = """
    select sum(event_count) from analytics_intermediate.int_metric_event_days
    where metric_id = %(metric)s
"""
ROWS = "select ctid::text || xmin::text as version, id from tap_klaviyo.events"
SELECT = json.dumps(
    [f"{stream}.*" for stream in ("accounts", "metrics", "mapped_metrics", "metric_aggregates")]
    + [f"{stream}.*" for stream in ("metric_aggregate_reads", "events", "event_reads", "sync_log")]
)
MODELS = ("run", "--select", "+int_metric_event_days")


@pytest.fixture(scope="module")
def shop():
    until = World.invent(clients=()).until
    first_day = (until - timedelta(days=5)).date()
    with Sandbox(World.invent(clients=("koala",), until=until, first_day=first_day)) as sandbox:
        yield sandbox


def test_what_is_gone_disappears_and_what_is_unchanged_stays_unwritten(shop, new_project, dbt):
    start = (shop.world.first_day - timedelta(days=1)).isoformat()
    project = new_project("gone", shop, TAP_KLAVIYO_START_DATE=start)
    database, account = project.database, shop.world.accounts["koala"]

    dbt(database, "seed")

    def load_and_count():
        project.succeed(*EXTRACT, TAP_KLAVIYO__SELECT=SELECT)
        dbt(database, *MODELS)
        return database.value(COUNTED, metric=account.metrics["order"].id)

    before = load_and_count()
    versions = {row["id"]: row["version"] for row in database.rows(ROWS)}
    middle = account.until - timedelta(days=2)
    orders = [one for one in account.by_metric["order"] if one.at < middle.timestamp()]
    assert before == len(account.by_metric["order"]) > len(orders) > 2
    shop.remove_event("koala", orders[0].id)
    shop.change_value("koala", orders[1].id, 4321)

    assert load_and_count() == before - 1
    after = {row["id"]: row["version"] for row in database.rows(ROWS)}
    assert {one for one in after if after[one] != versions[one]} == {orders[1].id}
    dbt(database, *MODELS, "--full-refresh")
    assert database.value(COUNTED, metric=account.metrics["order"].id) == before - 1
