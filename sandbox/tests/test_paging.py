"""Pages join up: no row lost, none doubled, and what is included belongs to the page."""

from datetime import datetime

import pytest

START, END = 1793491200, 1793664000  # 1 and 3 November 2026, midnight UTC
WINDOW = "greater-or-equal(datetime,2026-11-01T00:00:00Z),less-than(datetime,2026-11-03T00:00:00Z)"


@pytest.mark.parametrize("sort", ["datetime", "-datetime"])
def test_pages_of_events_join_up_in_either_direction(reader, world, sort):
    pages = list(reader("acme").pages("/events", filter=WINDOW, sort=sort, **{"page[size]": 97}))
    ids = [event["id"] for page in pages for event in page["data"]]

    expected = [e.id for e in world.accounts["acme"].events if START <= e.at < END]
    assert len(pages) == -(-len(expected) // 97) > 2
    assert ids == (expected if sort == "datetime" else expected[::-1])


@pytest.mark.parametrize("size", [1, 2, 3])
def test_events_of_one_second_are_not_lost_between_pages(own, acme, size):
    wall = datetime.fromisoformat("2026-11-15T10:00")
    added = {own.add_event("acme", "Placed Order", wall, cents=100).id for _ in range(5)}
    second = "greater-or-equal(datetime,2026-11-15T15:00:00Z),"
    second += "less-than(datetime,2026-11-15T15:00:01Z)"

    read = [e["id"] for e in acme.all("/events", filter=second, **{"page[size]": size})]

    assert len(read) == len(set(read))
    assert set(read) == added


def test_an_event_that_arrives_while_paging_moves_no_other(own, acme):
    pages = acme.pages("/events", sort="datetime", **{"page[size]": 200})
    read = [event["id"] for event in next(pages)["data"]]
    before = {event.id for event in own.world.accounts["acme"].events}
    own.add_event("acme", "Placed Order", datetime.fromisoformat("2026-11-10T01:00"))

    read += [event["id"] for page in pages for event in page["data"]]

    assert len(read) == len(set(read))
    assert before <= set(read)


@pytest.mark.parametrize(
    ("path", "sort", "archived", "size"),
    [
        ("/campaigns", "created_at", "archived", 3),
        ("/campaigns", "-updated_at", "archived", 3),
        ("/flows", "name", "archived", 1),
    ],
)
def test_pages_of_a_collection_join_up(reader, path, sort, archived, size):
    nord = reader("nord")
    whole = nord.get(path, filter=f"equals({archived},false)", sort=sort)["data"]
    pieces = nord.all(path, filter=f"equals({archived},false)", sort=sort, **{"page[size]": size})

    assert len(whole) > 2
    assert pieces == whole


def test_what_is_archived_shows_only_when_asked_for(reader):
    acme = reader("acme")
    shown = {item["id"] for item in acme.all("/campaigns")}
    archived = {item["id"] for item in acme.all("/campaigns", filter="equals(archived,true)")}

    assert archived
    assert not shown & archived


def test_included_messages_are_those_of_the_page(reader):
    for page in reader("acme").pages(
        "/campaigns", include="campaign-messages,campaign-audiences", **{"page[size]": 5}
    ):
        named = {
            (one["type"], one["id"])
            for campaign in page["data"]
            for relation in ("campaign-messages", "campaign-audiences")
            for one in campaign["relationships"][relation]["data"]
        }
        assert named
        assert {(one["type"], one["id"]) for one in page["included"]} == named


def test_included_attributions_tell_what_an_order_is_credited_to(reader, world):
    account = world.accounts["acme"]
    page = reader("acme").get(
        "/events",
        filter=f"equals(metric_id,'{account.metrics['order'].id}')",
        include="attributions,metric,profile",
        **{"page[size]": 1000},
    )
    earned = {one["id"]: one for one in page["included"] if one["type"] == "attribution"}
    kinds = {one["type"] for one in page["included"]}

    assert kinds == {"attribution", "metric", "profile"}
    for event in page["data"]:
        known = account.by_id[event["id"]].attribution
        named = event["relationships"]["attributions"]["data"]
        assert [one["id"] for one in named] == ([known.id] if known else [])
        if known:
            related = earned[known.id]["relationships"]
            assert related["attributed-event"]["data"]["id"] == known.event_id
            owner = "flow-message" if known.flow_id else "campaign-message"
            assert related[owner]["data"]["id"] == known.message_id
    assert len(earned) == sum(event.attribution is not None for event in account.by_metric["order"])


def test_a_cursor_belongs_to_its_query_endpoint_and_account(reader):
    acme, nord = reader("acme"), reader("nord")
    page = acme.get("/events", sort="datetime", **{"page[size]": 10})
    cursor = page["links"]["next"].split("cursor%5D=")[1]

    for asked, path, more in (
        (nord, "/events", {}),
        (acme, "/campaigns", {}),
        (acme, "/events", {"sort": "-datetime"}),
        (acme, "/events", {"filter": WINDOW}),
    ):
        answer = asked.ask("GET", path, params={"page[cursor]": cursor, **more})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["detail"] == "Invalid cursor provided"
