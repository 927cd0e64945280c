"""Days that are not re-read: in the database, late events, late credits and deletions are there."""

from datetime import timedelta

import pytest

from tests.builds import contents
from tests.conftest import Database
from tests.random_runs.runs import Runs
from tests.random_runs.story import Story
from tests.random_runs.targets import Postgres

DAY = timedelta(days=1)
MODELS = ("run", "--select", "+int_event_comparison")
FIRST = ("build", "--exclude-resource-type", "test", "unit_test", "--select", MODELS[-1])
DIFFERENT = """
    select * from analytics_intermediate.int_event_comparison
    where reference_value is distinct from compared_value
"""
COMPARED = "select count(*) from analytics_intermediate.int_event_comparison"


@pytest.fixture
def runs(server, tmp_path):
    """Two shops, read three days in a row into a database of their own."""
    server.execute('create database "unchanged"')
    env = {**server.env, "PGDATABASE": "unchanged"}
    story = Story(7)
    with story.sandbox:
        runs = Runs(story, Postgres(env, tmp_path), tmp_path)
        runs.database = Database(env)
        for _ in range(3):
            story.wait(DAY)
            runs.run()
        yield runs


def _change(runs: Runs) -> None:
    """What happens late to the last days, but one, of a shop."""
    story = runs.story
    account = story.accounts["acme"]
    orders = [
        one for one in account.by_metric["order"] if one.at < (story.now - 2 * DAY).timestamp()
    ]
    gone, credited, dearer, cheaper = orders[-4:]
    story.sandbox.add_event(
        "acme",
        "Placed Order",
        (story.now - 3 * DAY).replace(tzinfo=None),
        cents=4321,
        credited_to=account.by_metric["clicked"][-1].id,
    )
    click = next(
        one
        for one in reversed(account.by_metric["clicked"])
        if not credited.attribution or one.properties["$message"] != credited.attribution.message_id
    )
    story.sandbox.restate("acme", credited.id, click.id)
    story.sandbox.remove_event("acme", gone.id)
    story.gone.add(gone.id)
    story.sandbox.change_value("acme", dearer.id, cheaper.cents + 100)
    story.sandbox.change_value("acme", cheaper.id, dearer.cents + 300)


def test_events_equal_aggregates_though_days_are_left_out(runs, dbt):
    dbt(runs.database, *FIRST)
    _change(runs)
    runs.story.wait(DAY)
    runs.run()
    runs.check(set())
    assert runs.story.counts["day left out"] >= 4
    dbt(runs.database, *MODELS)
    assert runs.database.value(COMPARED) > 100
    assert runs.database.rows(DIFFERENT) == []
    incremental = contents(runs.database)
    dbt(runs.database, *MODELS, "--full-refresh")
    assert contents(runs.database) == incremental
