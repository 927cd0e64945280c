"""Lists, segments, tags, forms, audiences, usage; people and templates for who selects them."""

from datetime import date, datetime, timedelta, timezone

import pytest
from tap_klaviyo.streams.list_sizes import turn

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


def test_lists_are_counted_in_turn_and_the_log_says_so(twice):
    acme = twice.world.accounts["acme"]
    sizes = {row["list_id"]: row["profile_count"] for row in twice.rows("acme", "list_sizes")}
    truth = twice.world.truth.list_sizes("acme")
    assert len(sizes) == 3 < len(truth)
    assert sizes.items() <= truth.items()
    assert all(sizes.values())
    today = acme.until.astimezone(acme.brand.zone).date().isoformat()
    assert {row["date"] for row in twice.rows("acme", "list_sizes")} == {today}
    log = twice.first.logged("acme", "list_sizes")
    assert log["status"] == "ok"
    assert log["requests"] == 3 + 2  # the lists, ten to a page
    assert f"3 of {len(truth)} lists were counted" in log["error"]
    assert f"every {-(-len(truth) // 3)} days" in log["error"]


@pytest.mark.parametrize("lists", [0, 1, 3, 4, 10, 31])
def test_each_list_has_its_turn_in_a_round(lists):
    ids = [str(number) for number in range(lists)]
    days = [date(2026, 2, 25) + timedelta(days=number) for number in range(-(-lists // 3))]
    turns = [turn(ids, day, 3) for day in days]
    assert {one for chosen in turns for one in chosen} == set(ids)
    assert all(len(set(chosen)) == len(chosen) == min(3, lists) for chosen in turns)


def test_a_list_without_a_size_is_left_out_and_the_others_are_counted(tap, sandbox, account_id):
    counted = {
        row["list_id"]
        for row in tap.sync(only=("list_sizes",)).of("list_sizes", account_id("acme"))
    }
    gone = min(counted)
    sandbox.fault(f"/lists/{gone}", status=404, body={"errors": [{"detail": "no such list"}]})
    sync = tap.sync(only=("list_sizes",))
    assert {row["list_id"] for row in sync.of("list_sizes", account_id("acme"))} == counted - {gone}
    log = sync.logged("acme", "list_sizes")
    assert log["status"] == "partial"
    assert gone in log["error"]


def test_without_the_scope_lists_have_no_sizes_and_nothing_else_is_lost(tap, sandbox, account_id):
    sandbox.deny_scope("acme", "lists:read")
    sync = tap.sync(only=("list_sizes", "tags"))
    assert sync.status == 0
    assert sync.logged("acme", "list_sizes")["status"] == "skipped"
    assert "lists:read" in sync.logged("acme", "list_sizes")["error"]
    assert sync.logged("acme", "tags")["status"] == "ok"
    assert sync.of("list_sizes", account_id("koala"))


def _tags_of(twice, kind):
    """Names of the tags of each list or segment, as records say and as they are."""
    names = {tag["id"]: tag["name"] for tag in twice.rows("acme", "tags")}
    told = {
        row["id"]: {names[ident] for ident in row["tag_ids"]} for row in twice.rows("acme", kind)
    }
    entries = getattr(twice.world.accounts["acme"], kind).values()
    return told, {entry.id: set(entry.tags) for entry in entries if entry.id in told}


@pytest.mark.parametrize("kind", ["lists", "segments"])
def test_lists_and_segments_come_with_their_tags(twice, kind):
    told, true = _tags_of(twice, kind)
    assert told == true
    assert any(told.values())
    assert not all(told.values())


def test_campaigns_come_with_their_tags(twice):
    names = {tag["id"]: tag["name"] for tag in twice.rows("acme", "tags")}
    campaigns = twice.world.accounts["acme"].campaigns
    told = {
        row["id"]: {names[ident] for ident in row["tag_ids"]}
        for row in twice.rows("acme", "campaigns")
    }
    assert told == {campaign.id: set(campaign.tags) for campaign in campaigns}
    assert {"Text", "Newsletter"} <= {tag for tags in told.values() for tag in tags}


TAGGED = ("campaigns", "flows", "lists", "segments")


def test_tags_cost_no_request(twice):
    assert twice.second.logged("acme", "lists")["requests"] == 1
    assert twice.second.logged("acme", "campaigns")["requests"] == 4


def test_a_key_that_may_not_read_tags_loses_nothing_else(tap, sandbox, account_id):
    sandbox.deny_scope("acme", "tags:read")
    sync = tap.sync(only=(*TAGGED, "tags"))
    assert sync.logged("acme", "tags")["status"] == "skipped"
    for stream in TAGGED:
        log = sync.logged("acme", stream)
        assert log["status"] == "ok"
        assert "tags:read" in log["error"]
        assert {row["tag_ids"] for row in sync.of(stream, account_id("acme"))} == {None}
        assert any(row["tag_ids"] for row in sync.of(stream, account_id("koala")))


def test_a_key_that_may_not_read_campaigns_keeps_the_tags_of_lists(tap, sandbox, account_id):
    sandbox.deny_scope("acme", "campaigns:read")
    sync = tap.sync(only=TAGGED)
    assert sync.logged("acme", "campaigns")["status"] == "skipped"
    assert sync.logged("acme", "lists")["error"] is None
    assert any(row["tag_ids"] for row in sync.of("lists", account_id("acme")))


def test_what_was_read_without_tags_is_listed_once_more(tap, account_id):
    first = tap.sync(only=TAGGED)
    whole = {stream: len(first.of(stream, account_id("acme"))) for stream in TAGGED}
    for stream in TAGGED:
        del first.bookmark(stream, account_id("acme"))["tagged"]
    second = tap.sync(only=TAGGED, state=first.state)
    assert {one: len(second.of(one, account_id("acme"))) for one in TAGGED} == whole
    third = tap.sync(only=TAGGED, state=second.state)
    assert len(third.of("lists", account_id("acme"))) < whole["lists"]
