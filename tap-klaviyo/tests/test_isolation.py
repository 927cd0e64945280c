"""An item or a child that cannot be read is left out alone, named, and requested again."""

import json
from datetime import timedelta

import pytest
from tap_klaviyo.run.isolation import Subject, convert_each, describe
from tap_klaviyo.run.run_stats import StreamStats

from .doctored import GONE, NOW, REFUSED, YESTERDAY, answer, item, rows

ODD = {
    "no attributes": {"id": "ODD"},
    "attributes that are no object": {"id": "ODD", "attributes": ["?"]},
    "a date that is none": item("ODD", updated="soon", updated_at="soon"),
    "a time before all times": item("ODD", **dict.fromkeys(("updated", "updated_at"),
                                                           "0001-01-01T00:00:00+02:00")),
}  # fmt: skip


@pytest.mark.parametrize("stream", ["lists", "segments", "forms", "flows", "campaigns"])
@pytest.mark.parametrize("shape", ODD)
def test_an_item_of_another_shape_costs_itself_alone_and_is_named(
    tap, sandbox, account_id, stream, shape
):
    answer(sandbox, f"/{stream}", item("A"), ODD[shape], item("B"))
    answer(sandbox, f"/{stream}/A", times=None)
    sync = tap.sync(only=(stream,))
    assert set(rows(sync, stream, account_id)) == {"A", "B"}
    log = sync.logged("acme", stream)
    assert log["status"] == "partial"
    assert f"1 {stream} left out (ODD)" in log["error"]
    assert f"in /{stream}" in log["error"]
    assert "soon" not in log["error"]
    assert sync.logged("koala", stream)["status"] == "ok"


def test_what_was_left_out_is_asked_for_again_however_old_until_it_comes(tap, sandbox, account_id):
    old = item("OLD", updated=(NOW - timedelta(days=300)).isoformat())
    answer(sandbox, "/lists", item("A"), {**old, "attributes": None})
    first = tap.sync(only=("lists",))
    assert first.bookmark("lists", account_id("acme"))["left_out"] == ["OLD"]
    assert first.bookmark("lists", account_id("acme"))["replication_key_value"]

    sandbox.heal()
    answer(sandbox, "/lists", item("A"), old)
    sandbox.requests.clear()
    second = tap.sync(only=("lists",), state=first.state)
    assert "OLD" in rows(second, "lists", account_id)
    assert second.logged("acme", "lists")["status"] == "ok"
    assert "left_out" not in second.bookmark("lists", account_id("acme"))
    assert not [r for r in asked(sandbox, "acme", "/lists") if "filter" in r]
    assert all("filter" in r for r in asked(sandbox, "koala", "/lists"))


def asked(sandbox, client: str, path: str) -> list[str]:
    found = [r for r in sandbox.requests if r.client == client and r.path.startswith(path)]
    assert found
    return [str(request) for request in found]


def test_a_listing_that_nobody_understands_fails_and_keeps_its_bookmark(tap, sandbox, account_id):
    answer(sandbox, "/lists", {"surprise": True}, {"surprise": False})
    sync = tap.sync(only=("lists",))
    log = sync.logged("acme", "lists")
    assert log["status"] == "failed"
    assert "KeyError at" in log["error"]
    assert sync.bookmark("lists", account_id("acme")) == {}


@pytest.fixture
def three_actions(sandbox):
    """A flow of acme whose second action answers as a test says; the others have a message."""

    def serve(status: int, body: object) -> None:
        sandbox.heal()
        answer(sandbox, "/flows/F1/flow-actions", *(item(n) for n in ("x1", "x2", "x3")))
        for name in ("x1", "x3"):
            answer(sandbox, f"/flow-actions/{name}", item(f"M{name}"))
        sandbox.fault("/flow-actions/x2", client="acme", status=status, body=body, times=None)
        answer(sandbox, "/flows", item("F1"))

    return serve


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        pytest.param(404, GONE, "404", id="gone"),
        pytest.param(400, REFUSED, "has no messages at id", id="refused"),
        pytest.param(200, {"data": [{"id": "Mx2"}], "links": {}}, "KeyError at", id="odd-message"),
        pytest.param(200, [], "undocumented JSON structure", id="no-document"),
        pytest.param(200, {"data": "?"}, "TypeError at", id="no-list"),
    ],
)
def test_one_flow_action_costs_its_own_messages_alone(
    tap, three_actions, account_id, status, body, says
):
    three_actions(status, body)
    sync = tap.sync(only=("flows", "flow_messages"))
    assert set(rows(sync, "flow_messages", account_id)) == {"Mx1", "Mx3"}
    for stream in ("flows", "flow_messages"):
        log = sync.logged("acme", stream)
        assert log["status"] == "partial"
        assert "x2" in log["error"]
        assert says in log["error"]
    assert sync.bookmark("flows", account_id("acme"))["replication_key_value"]


def test_a_refused_action_is_asked_again_and_one_that_is_gone_is_not(
    tap, three_actions, account_id
):
    only = {"only": ("flows", "flow_messages")}
    three_actions(400, REFUSED)
    refused = tap.sync(**only)
    three_actions(404, GONE)
    gone = tap.sync(**only)
    assert refused.bookmark("flows", account_id("acme"))["left_out"] == ["F1"]
    assert "left_out" not in gone.bookmark("flows", account_id("acme"))

    three_actions(200, {"data": [item("Mx2")], "links": {"next": None}})
    healed = tap.sync(state=refused.state, **only)
    assert "Mx2" in rows(healed, "flow_messages", account_id)
    assert "left_out" not in healed.bookmark("flows", account_id("acme"))


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, GONE), (400, REFUSED), (200, {"data": [item("V"), {"id": "W"}]})],
    ids=["gone", "refused", "odd"],
)
def test_the_variations_of_one_message_cost_themselves_alone(
    tap, sandbox, world, account_id, status, body
):
    first = world.accounts["acme"].campaigns[0].messages[0].id
    path = f"/campaign-messages/{first}/campaign-variations"
    sandbox.fault(path, client="acme", status=status, body=body, times=None)
    sync = tap.sync(only=("campaigns", "campaign_messages", "campaign_variations"))
    messages = set(rows(sync, "campaign_messages", account_id))
    variations = sync.of("campaign_variations", account_id("acme"))
    assert {v["campaign_message_id"] for v in variations} == messages - {first} != set()
    log = sync.logged("acme", "campaigns")
    assert log["status"] == "partial"
    assert first in log["error"]
    left_out = sync.bookmark("campaigns", account_id("acme")).get("left_out")
    assert left_out == (None if status == 404 else [first])


def campaign(name: str, **relationships: object) -> dict:
    definition = {"name": name, "builder": "wizard", "archived": False}
    made = {"id": name, "attributes": item(name)["attributes"] | {"definition": definition}}
    return {**made, "relationships": relationships} if relationships else made


def message(name: str, **relationships: object) -> dict:
    definition = {"name": name, "status": "sent", "send_options": {"send_time": YESTERDAY}}
    attributes = {**item(name)["attributes"], "definition": definition}
    return {
        "type": "campaign-message",
        "id": name,
        "attributes": attributes,
        "relationships": relationships,
    }


def test_a_campaign_without_relationships_costs_nothing(tap, sandbox, account_id):
    named = {"data": [{"type": "campaign-message", "id": "CM1"}]}
    answer(
        sandbox,
        "/campaigns",
        campaign("C1", **{"campaign-messages": named}),
        campaign("C2"),
        included=(message("CM1", campaign={"links": {"related": "…"}}),),
    )
    sync = tap.sync(only=("campaigns", "campaign_messages"))
    assert set(rows(sync, "campaigns", account_id)) == {"C1", "C2"}
    assert sync.logged("acme", "campaigns")["status"] == "ok"
    found = sync.of("campaign_messages", account_id("acme"))
    assert {(m["id"], m["campaign_id"]) for m in found} == {("CM1", "C1")}


def test_a_message_that_is_named_and_not_included_is_told_and_asked_for_again(
    tap, sandbox, account_id
):
    named = {"data": [{"type": "campaign-message", "id": name} for name in ("CM1", "CM2")]}
    answer(
        sandbox,
        "/campaigns",
        campaign("C1", **{"campaign-messages": named}),
        included=(message("CM1"),),
    )
    sync = tap.sync(only=("campaigns", "campaign_messages"))
    assert set(rows(sync, "campaign_messages", account_id)) == {"CM1"}
    assert "CM2" in sync.logged("acme", "campaigns")["error"]
    assert sync.bookmark("campaigns", account_id("acme"))["left_out"] == ["CM2"]


def test_a_mistake_is_described_by_its_place_and_never_by_a_value():
    stats = StreamStats(finished_at=NOW)
    secret = "pk_5f0e4a1c9b7d2e6f"

    def convert(item: dict) -> int:
        return int(item["id"])

    assert convert_each(stats, Subject("things", "things"), [{"id": secret}], convert) == []
    row = stats.as_row()
    assert row["status"] == "partial"
    assert "ValueError at" in row["error"]
    assert secret not in row["error"].replace(f"({secret})", "")
    assert describe(KeyError(secret)) == "KeyError"
    assert json.dumps(row)
