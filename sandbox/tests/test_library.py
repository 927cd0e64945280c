"""Lists, segments, tags, forms, templates, profiles, audiences and the plan's usage."""

from datetime import datetime, timedelta

import pytest

KINDS = ("lists", "segments", "forms", "tags", "templates", "profiles")
SIZE = {"/profiles": {"page[size]": 100}}
PATHS = ("/lists", "/segments", "/forms", "/templates", "/profiles")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_served_is_what_is_filed(reader, world, client, kind):
    served = reader(client).all(f"/{kind}", **SIZE.get(f"/{kind}", {}))

    name = "email" if kind == "profiles" else "name"
    filed = world.truth.filed(client)[kind]
    assert {item["id"]: item["attributes"][name] for item in served} == filed
    assert len(served) == len(filed)


def test_lists_segments_templates_and_profiles_need_more_than_one_page(reader):
    for path in ("/lists", "/segments", "/templates", "/profiles"):
        assert reader("acme").get(path)["links"]["next"]


def test_campaigns_name_their_audiences_and_those_name_lists_and_segments(reader, world):
    acme = reader("acme")
    pages = [
        *acme.pages("/campaigns", include="campaign-audiences"),
        *acme.pages("/campaigns", include="campaign-audiences", filter="equals(archived,true)"),
    ]
    audiences = [item for page in pages for item in page["included"]]
    named = {
        (campaign["relationships"]["campaign-audiences"]["data"][0]["id"], campaign["id"])
        for page in pages
        for campaign in page["data"]
    }
    groups = {item["id"] for path in ("/lists", "/segments") for item in acme.all(path)}

    filed = world.truth.filed("acme")["campaign_audiences"]
    assert {item["id"] for item in audiences} == set(filed)
    assert {
        (item["id"], item["relationships"]["campaign"]["data"]["id"]) for item in audiences
    } == named
    for item in audiences:
        definition = item["attributes"]["definition"]
        assert definition["included"]
        assert {*definition["included"], *definition["excluded"]} <= groups


@pytest.mark.parametrize("path", PATHS)
def test_times_are_honest_and_can_be_filtered_by(reader, world, path):
    ending = "_at" if path == "/forms" else ""
    acme = reader("acme")
    stamps = {
        item["id"]: (
            datetime.fromisoformat(item["attributes"][f"created{ending}"]),
            datetime.fromisoformat(item["attributes"][f"updated{ending}"]),
        )
        for item in acme.all(path, **SIZE.get(path, {}))
    }
    middle = sorted(updated for _, updated in stamps.values())[len(stamps) // 2]
    bound = middle.strftime("%Y-%m-%dT%H:%M:%SZ")
    later = acme.all(path, filter=f"greater-than(updated{ending},{bound})", **SIZE.get(path, {}))

    assert all(created <= updated <= world.until for created, updated in stamps.values())
    assert {item["id"] for item in later} == {
        ident for ident, (_, updated) in stamps.items() if updated > middle
    }


def test_a_list_that_is_renamed_and_one_that_is_made_show_when_it_happens(own, acme):
    def partner():
        found = acme.all("/lists", filter="any(name,['Partner list','Partner list (do not use)'])")
        return [(item["attributes"]["name"], item["attributes"]["updated"]) for item in found]

    assert partner() == []
    own.advance(own.world.until + timedelta(days=25))
    [(name, made)] = partner()
    assert (name, made[:10]) == ("Partner list", "2026-12-10")
    own.advance(own.world.until + timedelta(days=45))
    [(name, changed)] = partner()
    assert (name, changed[:10]) == ("Partner list (do not use)", "2027-01-24")


def test_relationships_name_what_they_lead_to_only_when_it_is_included(reader, world):
    acme = reader("acme")
    name = "any(name,['Newsletter'])"
    [bare] = acme.all("/lists", filter=name)
    page = acme.get("/lists", filter=name, include="tags,flow-triggers")

    assert all(relation.keys() == {"links"} for relation in bare["relationships"].values())
    flow = world.accounts["acme"].flows["welcome"].id
    assert {(item["type"], item["id"]) for item in page["included"]} == {
        (one["type"], one["id"])
        for relation in ("tags", "flow-triggers")
        for one in page["data"][0]["relationships"][relation]["data"]
    }
    assert ("flow", flow) in {(item["type"], item["id"]) for item in page["included"]}


def test_tags_belong_to_a_group_and_campaigns_and_flows_name_theirs(reader):
    acme = reader("acme")
    page = acme.get("/tags", include="tag-group", sort="name")
    tags = {item["id"]: item["attributes"]["name"] for item in page["data"]}
    [group] = page["included"]

    assert list(tags.values()) == sorted(tags.values())
    assert {t["relationships"]["tag-group"]["data"]["id"] for t in page["data"]} == {group["id"]}
    for path in ("/campaigns", "/flows"):
        named = acme.get(path, include="tags")["included"]
        assert named
        assert all(tags[item["id"]] == item["attributes"]["name"] for item in named)


def test_additional_fields_of_profiles_are_served_only_when_asked_for(reader):
    acme = reader("acme")
    bare = acme.get("/profiles")["data"][0]["attributes"]
    asked = {"additional-fields[profile]": "subscriptions,predictive_analytics"}
    whole = acme.get("/profiles", **asked)["data"][0]["attributes"]

    assert whole.keys() - bare.keys() == {"subscriptions", "predictive_analytics"}
    assert {name: value for name, value in whole.items() if name in bare} == bare


def test_usage_is_counted_from_the_first_of_the_month(reader, world, client):
    served = reader(client).all("/billing-usage")
    sent = [
        event
        for event in world.accounts[client].events
        if event.metric in ("received", "bounced") and event.at >= 1793491200  # 1 November UTC
    ]

    known = {row["id"]: row for row in world.truth.billing_usage(client)}
    assert known["email_sends"]["usage_used"] == len(sent)
    assert {item["id"]: item["attributes"]["usage_used"] for item in served} == {
        kind: row["usage_used"] for kind, row in known.items()
    }
    times = served[0]["attributes"]
    assert times["period_start"] == "2026-11-01T00:00:00+00:00"
    assert times["period_end"] == "2026-12-01T00:00:00+00:00"
    assert times["as_of"] == "2026-11-20T12:00:00+00:00"


def test_a_list_tells_its_size_alone_and_only_if_asked(reader, world, client):
    sizes = world.truth.list_sizes(client)
    ask = reader(client)
    assert sizes
    for ident, size in sizes.items():
        assert "profile_count" not in ask.get(f"/lists/{ident}")["data"]["attributes"]
        asked = ask.get(f"/lists/{ident}", **{"additional-fields[list]": "profile_count"})
        assert asked["data"]["attributes"]["profile_count"] == size
    refused = ask.ask("GET", "/lists", params={"additional-fields[list]": "profile_count"})
    assert refused.status_code == 400
