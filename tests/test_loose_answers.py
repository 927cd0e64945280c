"""From Klaviyo to the tables, with answers of every form."""

from datetime import timedelta

import pytest

from sandbox import Sandbox, World

SEED = 5
COUNTS = (
    "email_delivered", "email_opens", "email_unique_opens", "email_clicks", "email_bounced",
    "email_spam_complaints", "email_unsubscribes", "sms_delivered", "sms_clicks", "subscribes",
    "orders", "revenue", "attributed_orders", "attributed_revenue",
)  # fmt: skip


@pytest.fixture(scope="module")
def loose(new_project):
    """Two brands, read and built from answers whose forms are drawn from SEED."""
    world = World.invent(clients=("acme", "nord"))
    with Sandbox(world, rate_factor=20) as sandbox:
        sandbox.loosen(SEED)
        start = (world.first_day - timedelta(days=1)).isoformat()
        project = new_project("loose", sandbox, TAP_KLAVIYO_START_DATE=start)
        project.succeed("run", "tap-klaviyo", "target-postgres", "dbt:build")
    return world, project.database


@pytest.mark.parametrize("client", ["acme", "nord"])
def test_whatever_the_form_of_the_answers_the_tables_say_what_happened(loose, client):
    world, database = loose
    rows = database.rows(
        "select * from analytics.daily_client_metrics where client = %(client)s", client=client
    )
    told = {row["date_day"]: row for row in world.truth.daily_client_metrics(client)}
    differing = [
        (row["date_day"], name, row[name], told[row["date_day"]][name])
        for row in rows
        for name in COUNTS
        if row["date_day"] in told and row[name] != told[row["date_day"]][name]
    ]
    assert rows
    assert not differing, (SEED, differing[:5])
    assert not any(row["is_missing"] for row in rows)


def test_no_role_is_lost_over_another_form_of_integration(loose):
    _, database = loose
    lost = database.rows(
        "select client, role from analytics.role_coverage where status not in ('found', 'absent')"
    )
    assert lost == []
