"""What Klaviyo refuses is refused, with Klaviyo's words, place and shape."""

import pytest

AGGREGATE = {
    "metric_id": "{metric}",
    "measurements": ["count"],
    "interval": "day",
    "filter": [
        "greater-or-equal(datetime,2026-11-01T00:00:00)",
        "less-than(datetime,2026-11-08T00:00:00)",
    ],
}
LONG = ["greater-or-equal(datetime,2025-11-01)", "less-than(datetime,2026-11-08)"]
# path, parameters, detail, parameter that is blamed
QUERIES = [
    ("/events", {"page[size]": "1001"}, "between 1 and 1000", "page[size]"),
    ("/events", {"page[size]": "0"}, "between 1 and 1000", "page[size]"),
    ("/events", {"page[size]": "ten"}, "between 1 and 1000", "page[size]"),
    ("/campaigns", {"page[size]": "101"}, "between 1 and 100", "page[size]"),
    ("/flows", {"page[size]": "51"}, "between 1 and 50", "page[size]"),
    ("/metrics", {"page[size]": "10"}, "not a valid parameter", "page[size]"),
    ("/events", {"page[number]": "2"}, "not a valid parameter", "page[number]"),
    ("/events", {"filter": "any(metric_id,['a'])"}, "Operator 'any' is not allowed", "filter"),
    ("/campaigns", {"filter": "equals(id,'a')"}, "Operator 'equals' is not allowed", "filter"),
    ("/campaigns", {"filter": "equals(status,'sent')"}, "not a filterable field", "filter"),
    (
        "/campaigns",
        {"filter": "equals(messages.channel,'email')"},
        "not a filterable field",
        "filter",
    ),
    ("/metrics", {"filter": "greater-than(updated,2026-11-01)"}, "not a filterable", "filter"),
    ("/events", {"filter": "datetime>2026"}, "Invalid filter", "filter"),
    ("/events", {"filter": ""}, "Filter is empty", "filter"),
    (
        "/events",
        {"filter": "greater-than(datetime,2026-11-01T00:00:00 00:00)"},
        "Invalid datetime",
        "filter",
    ),
    (
        "/events",
        {"filter": "less-than(datetime,2026-11-20T12:00:01Z)"},
        "End date may not be in the future: 2026-11-20T12:00:01",
        "filter",
    ),
    (
        "/events",
        {
            "filter": "greater-or-equal(datetime,2026-11-01T00:00:00.1Z),"
            "less-than(datetime,2026-11-01T00:00:00.9Z)"
        },
        "Start date must be before end date",
        "filter",
    ),
    ("/events", {"filter": "equals(metric_id,'nobody')"}, "['nobody'] do not exist", "filter"),
    ("/events", {"filter": "equals(metric_id,nobody)"}, "quotes expected", "filter"),
    ("/flows", {"filter": "equals(archived,yes)"}, "Invalid boolean", "filter"),
    ("/events", {"include": "flows"}, "not a valid include", "include"),
    ("/campaigns", {"include": "messages"}, "not a valid include", "include"),
    ("/accounts", {"include": "metrics"}, "not a valid parameter", "include"),
    ("/events", {"sort": "id"}, "not a valid sort", "sort"),
    ("/events", {"fields[event]": "value"}, "not a valid field", "fields[event]"),
    ("/events", {"fields[flow]": "name"}, "not a resource", "fields[flow]"),
    ("/lists", {"page[size]": "11"}, "between 1 and 10", "page[size]"),
    ("/segments", {"page[size]": "11"}, "between 1 and 10", "page[size]"),
    ("/templates", {"page[size]": "11"}, "between 1 and 10", "page[size]"),
    ("/tags", {"page[size]": "51"}, "between 1 and 50", "page[size]"),
    ("/forms", {"page[size]": "101"}, "between 1 and 100", "page[size]"),
    ("/profiles", {"page[size]": "101"}, "between 1 and 100", "page[size]"),
    ("/billing-usage", {"page[size]": "5"}, "not a valid parameter", "page[size]"),
    ("/billing-usage", {"filter": "equals(id,'a')"}, "'equals' is not allowed", "filter"),
    (
        "/lists",
        {"filter": "greater-or-equal(updated,2026-11-01)"},
        "'greater-or-equal' is not allowed",
        "filter",
    ),
    ("/segments", {"filter": "less-than(updated,2026-11-01)"}, "is not allowed", "filter"),
    ("/profiles", {"filter": "greater-or-equal(updated,2026-11-01)"}, "not allowed", "filter"),
    ("/forms", {"filter": "equals(status,'on')"}, "not one of live, draft", "filter"),
    ("/forms", {"filter": "greater-than(updated,2026-11-01)"}, "not a filterable", "filter"),
    ("/tags", {"filter": "any(name,['Sale'])"}, "'any' is not allowed", "filter"),
    ("/segments", {"filter": "any(is_active,['true'])"}, "Invalid boolean", "filter"),
    ("/lists", {"include": "profiles"}, "not a valid include", "include"),
    ("/forms", {"include": "form-versions"}, "not a valid parameter", "include"),
    ("/forms", {"sort": "name"}, "not a valid sort", "sort"),
    (
        "/templates",
        {"additional-fields[profile]": "x"},
        "valid parameter",
        "additional-fields[profile]",
    ),
    (
        "/profiles",
        {"additional-fields[profile]": "consent"},
        "valid additional field",
        "additional-fields[profile]",
    ),
    ("/lists", {"fields[list]": "profile_count"}, "not a valid field", "fields[list]"),
    ("/events", {"page[cursor]": "gibberish"}, "Invalid cursor provided", None),
]
# what is changed in a good body, detail, attribute that is blamed
BODIES = [
    ({"filter": LONG}, "at most one year", "filter"),
    ({"filter": AGGREGATE["filter"][:1]}, "needs greater-or-equal and less-than", "filter"),
    ({"filter": AGGREGATE["filter"][::-1][:1]}, "needs greater-or-equal", "filter"),
    ({"filter": None}, "must be a list", "filter"),
    ({"filter": ["greater-than(datetime,2026-11-01)"]}, "Invalid filter", "filter"),
    ({"interval": "daily"}, "'daily' is not a valid interval", "interval"),
    ({"interval": "quarter"}, "not a valid interval", "interval"),
    ({"measurements": []}, "must be a list", "measurements"),
    ({"measurements": ["sum"]}, "'sum' is not a valid choice", "measurements"),
    ({"by": ["$attributed_campaign"]}, "not a valid choice", "by"),
    ({"timezone": "Europe/Kyiv"}, "not a valid timezone", "timezone"),
    ({"timezone": "america/new_york"}, "not a valid timezone", "timezone"),
    ({"metric_id": "nobody"}, "['nobody'] do not exist", "metric_id"),
    ({"page_size": 501}, "between 1 and 500", "page_size"),
    ({"sort": "value"}, "not a valid sort", "sort"),
    ({"page_cursor": "x"}, "Invalid cursor", "page_cursor"),
    ({"group_by": ["$flow"]}, "'group_by' is not a valid field", "group_by"),
]
# headers, status, code
HEADERS = [
    ({"Authorization": None}, 401, "not_authenticated"),
    ({"Authorization": "Klaviyo-API-Key pk_wrong"}, 401, "authentication_failed"),
    ({"Authorization": "Bearer {key}"}, 401, "authentication_failed"),
    ({"revision": None}, 400, "invalid"),
    ({"revision": "2024-10-15"}, 410, "gone"),
    ({"revision": "2026-12-01"}, 400, "invalid"),
    ({"revision": "2026-07-15"}, 200, ""),
]


def refusal(answer):
    """The one error of an answer, checked for Klaviyo's shape."""
    assert answer.headers["content-type"] == "application/vnd.api+json"
    [error] = answer.json()["errors"]
    assert {"id", "status", "code", "title", "detail", "source"} <= error.keys()
    assert error["status"] == answer.status_code
    return error


@pytest.mark.parametrize(("path", "params", "detail", "blamed"), QUERIES)
def test_a_query_that_klaviyo_refuses_is_refused(reader, path, params, detail, blamed):
    answer = reader("acme").ask("GET", path, params=params)

    error = refusal(answer)
    assert (answer.status_code, error["code"]) == (400, "invalid")
    assert detail in error["detail"]
    assert error["source"].get("parameter") == blamed


@pytest.mark.parametrize(("change", "detail", "blamed"), BODIES)
def test_a_body_that_klaviyo_refuses_is_refused(reader, world, change, detail, blamed):
    metric = world.accounts["acme"].metrics["order"].id
    asked = {**AGGREGATE, "metric_id": metric, **change}
    answer = reader("acme").post("/metric-aggregates", "metric-aggregate", **asked)

    error = refusal(answer)
    assert (answer.status_code, error["code"]) == (400, "invalid")
    assert detail in error["detail"]
    assert error["source"] == {"pointer": f"/data/attributes/{blamed}"}


def test_the_body_that_the_refused_ones_differ_from_is_good(reader, world):
    asked = {**AGGREGATE, "metric_id": world.accounts["acme"].metrics["order"].id}

    assert reader("acme").post("/metric-aggregates", "metric-aggregate", **asked).ok


@pytest.mark.parametrize(("headers", "status", "code"), HEADERS)
def test_key_and_revision_are_checked(reader, headers, status, code):
    acme = reader("acme")
    sent = {name: value and value.format(key=acme.key) for name, value in headers.items()}
    answer = acme.ask("GET", "/metrics", headers=sent)

    assert answer.status_code == status
    if code:
        assert refusal(answer)["code"] == code


def test_campaigns_have_their_new_shape_only_under_the_newest_revision(reader):
    answer = reader("acme").ask("GET", "/campaigns", headers={"revision": "2026-07-15"})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/campaign-messages/nobody/campaign-variations", 404),
        ("GET", "/flows/nobody/flow-actions", 404),
        ("GET", "/accounts/nobody", 404),
        ("GET", "/no-such-thing", 404),
        ("POST", "/events", 405),
        ("GET", "/metric-aggregates", 405),
    ],
)
def test_what_is_not_there_is_said_to_be_missing(reader, method, path, status):
    answer = reader("acme").ask(method, path)

    assert answer.status_code == status
    refusal(answer)


def test_a_scope_taken_away_is_named(own, acme):
    own.deny_scope("acme", "campaigns:read")

    error = refusal(acme.ask("GET", "/campaigns"))
    assert (error["status"], error["code"]) == (403, "permission_denied")
    assert "campaigns:read" in error["detail"]
    assert acme.ask("GET", "/flows").ok


def test_a_scope_that_no_endpoint_asks_for_cannot_be_denied(own):
    with pytest.raises(ValueError, match="reports:read"):
        own.deny_scope("acme", "reports:read")


def test_another_brands_resources_are_not_there(reader, world):
    flow = world.accounts["nord"].flows["welcome"].id

    assert reader("acme").ask("GET", f"/flows/{flow}/flow-actions").status_code == 404
    assert reader("nord").ask("GET", f"/flows/{flow}/flow-actions").ok
