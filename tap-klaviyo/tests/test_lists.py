"""Lists, segments, tags, forms, audiences, usage; people and templates for who selects them."""

from datetime import datetime, timedelta, timezone

import pytest

LIBRARY = ("lists", "segments", "forms")
OFF = ("profiles", "templates")


@pytest.mark.parametrize("stream", LIBRARY)
def test_the_first_run_brings_everything_however_old(twice, stream):
    now = twice.world.until
    entries = getattr(twice.world.accounts["acme"], stream).values()
    records = twice.rows("acme", stream)
    assert {record["id"]: record["name"] for record in records} == {
        entry.id: entry.name_at(now) for entry in entries if entry.created_at < now
    }
    assert len(records) == len({record["id"] for record in records}) > 3


@pytest.mark.parametrize("stream", LIBRARY)
def test_later_runs_bring_what_was_changed_in_the_last_week(twice, stream):
    now = twice.world.until
    entries = getattr(twice.world.accounts["acme"], stream).values()
    week = timedelta(days=7)
    assert {record["id"] for record in twice.rows_again("acme", stream)} == {
        entry.id for entry in entries if now - week < entry.updated_at(now) < now
    }


def test_tags_come_with_the_group_they_belong_to(twice):
    tags = twice.rows("acme", "tags")
    assert "Sale" in {tag["name"] for tag in tags}
    assert {tag["tag_group_name"] for tag in tags} == {"Default"}
    assert all(tag["tag_group_id"] for tag in tags)


def test_campaigns_bring_the_audiences_their_messages_go_to(twice):
    audiences = {audience["id"]: audience for audience in twice.rows("acme", "campaign_audiences")}
    campaign_of = {
        message["campaign_audience_id"]: message["campaign_id"]
        for message in twice.rows("acme", "campaign_messages")
    }
    assert campaign_of == {a["id"]: a["campaign_id"] for a in audiences.values()} != {}
    account = twice.world.accounts["acme"]
    groups = {entry.id for kind in (account.lists, account.segments) for entry in kind.values()}
    used = [group for a in audiences.values() for group in (*a["included"], *a["excluded"])]
    assert used
    assert set(used) <= groups


def test_usage_is_a_record_per_kind_and_local_day(twice):
    koala = twice.world.accounts["koala"]
    usage = {row["id"]: row for row in twice.rows("koala", "billing_usage")}
    today = koala.until.astimezone(koala.brand.zone).date().isoformat()
    assert {row["date"] for row in usage.values()} == {today}
    assert usage["active_profiles"]["usage_used"] == len(koala.people)
    assert usage["email_sends"]["usage_max"] > usage["email_sends"]["usage_used"] > 0


def test_without_the_scope_usage_is_skipped_and_nothing_else(tap, sandbox, account_id):
    sandbox.deny_scope("acme", "usage:read")
    sync = tap.sync(only=("billing_usage", "tags"))
    assert sync.status == 0
    assert sync.logged("acme", "billing_usage")["status"] == "skipped"
    assert sync.logged("acme", "tags")["status"] == "ok"
    assert sync.of("billing_usage", account_id("koala")) != []


def test_people_and_templates_are_not_read_unless_selected(tap, sandbox):
    sync = tap.sync(start_date=(datetime.now(timezone.utc) - timedelta(days=1)).isoformat())
    assert not set(OFF) & set(sync.records)
    assert {"lists", "tags"} <= set(sync.records)
    assert not [request for request in sandbox.requests if request.path.endswith(OFF)]


def test_selected_people_come_with_their_consent_and_templates_with_their_text(twice):
    people = twice.rows("acme", "profiles")
    assert {p["id"] for p in people} == {p.id for p in twice.world.accounts["acme"].people}
    assert all(person["subscriptions"]["email"] for person in people)
    assert all(template["html"] for template in twice.rows("acme", "templates"))


def test_people_are_read_again_when_something_changed(twice):
    changed = {person["id"]: person["updated"] for person in twice.rows("acme", "profiles")}
    again = {person["id"] for person in twice.rows_again("acme", "profiles")}
    left = changed.keys() - again
    assert again
    assert left
    assert max(changed[person] for person in left) < min(changed[person] for person in again)
