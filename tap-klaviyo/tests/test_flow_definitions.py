"""What a flow does: its trigger, its filters, its steps and when they come."""

from datetime import timedelta

import pytest
from tap_klaviyo.streams.flow_definitions import steps_of

from .doctored import REFUSED, answer, item, rows

ONLY = ("flows", "flow_definitions")


def wait(ident: str, following: str | None, unit: str, value: int, second: int | None = None):
    data = {"unit": unit, "value": value, "secondary_value": second}
    return {"id": ident, "type": "time-delay", "links": {"next": following}, "data": data}


def send(ident: str, following: str | None = None, **data: object):
    message = {"id": f"M{ident}", "name": f"Message {ident}", "subject_line": "Hello"}
    content = {"message": message, "status": "live", **data}
    return {"id": ident, "type": "send-email", "links": {"next": following}, "data": content}


def split(ident: str, yes: str | None, no: str | None):
    links = {"next_if_true": yes, "next_if_false": no}
    return {"id": ident, "type": "conditional-split", "links": links, "data": None}


def hours(*actions, entry: str) -> dict[str, float | None]:
    return {step["id"]: step["after_hours"] for step in steps_of(list(actions), entry)}


def asked(sandbox) -> set[str]:
    """Ids of the flows of acme whose definition was requested."""
    return {
        request.path.removeprefix("/flows/")
        for request in sandbox.requests
        if request.client == "acme" and "definition" in request.query
    }


def test_every_flow_comes_with_its_trigger_and_the_hours_of_its_messages(tap, world):
    sync = tap.sync(only=ONLY)
    account = world.accounts["acme"]
    found = {row["id"]: row for row in sync.of("flow_definitions", account.id)}
    assert found.keys() == {flow.id for flow in account.flows.values()}
    for flow in account.flows.values():
        row = found[flow.id]
        kind, started_by = ("metric", account.metrics)
        if flow.trigger_type == "Added to List":
            kind, started_by = ("list", account.lists)
        assert (row["trigger_kind"], row["trigger_id"]) == (kind, started_by[flow.trigger].id)
        assert {
            step["message_id"]: (step["after_hours"], step["status"])
            for step in row["steps"]
            if step["message_id"]
        } == {
            message.id: (message.after / timedelta(hours=1), flow.status(account.until))
            if message.after >= timedelta(hours=1)
            else (pytest.approx(5 / 60, abs=1e-4), flow.status(account.until))
            for message in flow.messages
        }
    filtered = found[account.flows["checkout"].id]["profile_filter"]
    assert filtered["condition_groups"][0]["conditions"][0]["type"] == "profile-metric"


def test_later_runs_request_the_definitions_of_changed_flows_alone(tap, sandbox, world):
    first = tap.sync(only=ONLY)
    assert len(asked(sandbox)) == len(world.accounts["acme"].flows)
    sandbox.requests.clear()
    second = tap.sync(only=ONLY, state=first.state)
    assert asked(sandbox) == set()
    assert second.logged("acme", "flow_definitions")["requests"] == 0

    sandbox.requests.clear()
    account = world.accounts["acme"]
    flow = account.flows["checkout"]
    answer(sandbox, "/flows", item(flow.id, updated=world.until.isoformat()), times=1)
    third = tap.sync(only=ONLY, state=second.state)
    assert asked(sandbox) == {flow.id}
    assert rows(third, "flow_definitions", lambda _: account.id) == [flow.id]


def test_a_definition_that_is_refused_is_left_out_and_asked_for_again(
    tap, sandbox, world, account_id
):
    flow = world.accounts["acme"].flows["welcome"].id
    sandbox.fault(f"/flows/{flow}", client="acme", status=400, body=REFUSED, times=None)
    first = tap.sync(only=ONLY)
    assert flow not in rows(first, "flow_definitions", account_id)
    assert len(rows(first, "flow_definitions", account_id)) == 3
    log = first.logged("acme", "flow_definitions")
    assert log["status"] == "partial"
    assert f"1 flow definitions left out ({flow})" in log["error"]

    sandbox.heal()
    second = tap.sync(only=ONLY, state=first.state)
    assert rows(second, "flow_definitions", account_id) == [flow]
    assert second.logged("acme", "flow_definitions")["status"] == "ok"


def test_without_the_scope_nothing_but_flows_is_missing_and_the_log_says_why(
    tap, sandbox, account_id
):
    sandbox.deny_scope("acme", "flows:read")
    sync = tap.sync(only=(*ONLY, "tags"))
    log = sync.logged("acme", "flow_definitions")
    assert (log["status"], log["records"]) == ("skipped", 0)
    assert "flows:read" in log["error"]
    assert sync.logged("acme", "tags")["status"] == "ok"
    assert sync.of("flow_definitions", account_id("koala")) != []


def test_a_flow_turned_off_in_the_catalog_costs_no_request(tap, sandbox):
    tap.sync(only=("flows", "flow_messages"))
    assert asked(sandbox) == set()


def test_delays_add_up_in_every_unit():
    assert hours(
        wait("a", "b", "minutes", 90),
        wait("b", "c", "hours", 2, 30),
        wait("c", "d", "days", 1, 6),
        send("d"),
        entry="a",
    ) == {"a": 0.0, "b": 1.5, "c": 4.0, "d": 34.0}


def test_of_two_branches_the_faster_one_says_when_a_step_comes():
    assert hours(
        split("a", "b", "c"),
        wait("b", "d", "days", 3),
        wait("c", "d", "days", 1),
        send("d", "e"),
        send("e"),
        entry="a",
    ) == {"a": 0.0, "b": 0.0, "c": 0.0, "d": 24.0, "e": 24.0}


def test_after_a_wait_for_something_else_than_time_nothing_has_an_hour():
    stock = {"id": "a", "type": "back-in-stock-delay", "links": {"next": "b"}}
    assert hours(stock, send("b"), send("loose"), entry="a") == {
        "a": 0.0, "b": None, "loose": None,
    }  # fmt: skip


def test_steps_that_lead_back_end_and_links_of_any_shape_are_followed():
    many = {
        "id": "a", "type": "multi-branch-split", "data": {"branches": [], "name": "Three ways"},
        "links": {"branches": [{"next": "b"}, {"next": "c"}], "some_new_text": "2027-01-01"},
    }  # fmt: skip
    assert hours(many, wait("b", "a", "hours", 1), send("c"), entry="a") == {
        "a": 0.0, "b": 0.0, "c": 0.0,
    }  # fmt: skip


def test_an_experiment_sends_the_message_of_its_main_action():
    data = {"status": "draft", "main_action": send("m"), "current_experiment": None}
    [step] = steps_of([{"id": "a", "type": "ab-test", "links": None, "data": data}], "a")
    assert (step["message_id"], step["status"]) == ("Mm", "draft")


def test_what_a_webhook_sends_along_stays_at_klaviyo():
    message = {"id": "W", "name": "To the shop", "url": "https://shop.example/hook",
               "headers": {"Authorization": "Bearer secret"}, "body": "secret"}  # fmt: skip
    hook = {"id": "a", "type": "send-webhook", "links": {"next": None},
            "data": {"message": message, "status": "live"}}  # fmt: skip
    assert "secret" not in str(steps_of([hook], "a"))
