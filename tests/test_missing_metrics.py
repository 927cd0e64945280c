"""A number whose metric is not found is unknown, and the build says so: never a silent 0."""

import pytest
from psycopg import sql

from tests.builds import Build, copy_of_database

# What may happen to the metrics of a brand that sends: the first must change nothing.
CHANGES = {
    "acme": "integration_key = null",
    "nord": "integration_key = 'kl', integration_name = 'KL'",
    "koala": "name = regexp_replace(name, '^Received', 'Carried over to')",
}
CHANGE = """
    update tap_klaviyo.metrics as m set {change} from tap_klaviyo.accounts as a
    where a.account_id = m.account_id and m.integration_key = 'klaviyo' and a.client = {client}
"""
NUMBERS = """
    select sum(email_delivered) as email, sum(email_opens) as opens, sum(sms_delivered) as sms,
        bool_or(is_missing) as is_missing
    from analytics.daily_client_metrics where client = %(client)s
"""
TOLD = "select count(delivered) from {table} where client = 'nord' and channel = {channel}"


@pytest.fixture(scope="module")
def changed(loaded, server, tmp_path_factory):
    """A copy of the loaded database with other metrics, and what the build over it says."""
    original = loaded.project.database
    copy = copy_of_database(server, original, "unfound")
    for client, change in CHANGES.items():
        copy.execute(sql.SQL(CHANGE).format(change=sql.SQL(change), client=sql.Literal(client)))
    # Without Klaviyo's reports there is less to know by.
    copy.execute("delete from tap_klaviyo.campaign_values")
    copy.execute("delete from tap_klaviyo.flow_series")
    build = Build(copy.env, tmp_path_factory.mktemp("unfound"))
    said = build.fail("build", "--exclude-resource-type", "unit_test")
    return original, copy, said


def _statuses(database, client):
    rows = database.rows(
        "select role, status, metric_names, probable_metric_name from analytics.role_coverage "
        "where client = %(client)s",
        client=client,
    )
    return {row["role"]: row for row in rows}


def test_klaviyos_own_metrics_are_known_without_a_key(changed):
    original, copy, _ = changed
    (before,), (after,) = (base.rows(NUMBERS, client="acme") for base in (original, copy))
    assert after == before
    assert before["email"] > 0
    assert _statuses(copy, "acme")["email_delivered"]["status"] == "found"


@pytest.mark.parametrize(("client", "lost"), [("nord", "opens"), ("koala", "sms")])
def test_a_brand_that_sends_and_is_not_recognised_is_unknown_and_not_zero(changed, client, lost):
    _, copy, _ = changed
    (row,) = copy.rows(NUMBERS, client=client)
    assert row["email"] is row["sms"] is row[lost] is None
    assert row["is_missing"]


def test_the_build_fails_over_a_number_that_has_lost_its_metric(changed):
    _, _, said = changed
    assert "FAIL" in said
    assert "no_number_lacks_a_metric_that_the_account_must_have" in said


def test_the_metric_that_probably_plays_a_missing_role_is_named(changed):
    _, copy, _ = changed
    missing = _statuses(copy, "nord")["email_delivered"]
    assert missing["status"] == "missing"
    assert missing["probable_metric_name"] == "Received Email"


def test_what_is_unknown_of_a_channel_is_unknown_of_its_messages_and_of_all_channels(changed):
    _, copy, _ = changed
    for table, channel in (
        ("daily_channel_metrics", "email"),
        ("daily_message_metrics", "email"),
        ("rolling_client_metrics", "all"),
    ):
        name = sql.Identifier("analytics", table)
        query = sql.SQL(TOLD).format(table=name, channel=sql.Literal(channel))
        assert copy.value(query) == 0, table
