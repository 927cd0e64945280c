"""What Klaviyo refuses of a report is refused, and what it allows leads through its pages."""

import pytest

from sandbox import Sandbox
from sandbox.server.contract import REPORT
from sandbox.server.errors import ApiError
from sandbox.server.limits import RateLimiter

FRAME = {"start": "2026-11-01T00:00:00", "end": "2026-11-07T23:59:59"}
KINDS = (
    "campaign-values-report",
    "flow-series-report",
    "form-series-report",
    "segment-series-report",
)
STATISTIC = dict(zip(KINDS, ("opens", "opens", "submits", "total_members"), strict=True))
VALUES = "Passed in conversion metric does not support querying for values data"
CAMPAIGN, FLOW, FORM, SEGMENT = KINDS
# kind, what is changed in a good body, detail, attribute that is blamed
BODIES = [
    *((kind, {"statistics": []}, "must be a list", "statistics") for kind in KINDS),
    *((kind, {"statistics": ["revenue"]}, "not a valid choice", "statistics") for kind in KINDS),
    *((kind, {"statistics": None}, "is a required field", "statistics") for kind in KINDS),
    *((kind, {"timeframe": None}, "is a required field", "timeframe") for kind in KINDS),
    *((kind, {"interval": "day"}, "not a valid", "interval") for kind in KINDS),
    *((kind, {"sort": "opens"}, "not a valid field", "sort") for kind in KINDS),
    (FLOW, {"interval": None}, "is a required field", "interval"),
    (CAMPAIGN, {"conversion_metric_id": None}, "is a required field", "conversion_metric_id"),
    (FLOW, {"conversion_metric_id": "nobody"}, "['nobody'] do not exist", "conversion_metric_id"),
    (FORM, {"conversion_metric_id": "x"}, "not a valid field", "conversion_metric_id"),
    (SEGMENT, {"group_by": ["segment_id"]}, "not a valid field", "group_by"),
    (CAMPAIGN, {"timeframe": {"key": "last_5_days"}}, "not a valid timeframe", "timeframe"),
    (CAMPAIGN, {"timeframe": {"start": "2026-11-01T00:00:00"}}, "start and an end", "timeframe"),
    (CAMPAIGN, {"timeframe": "today"}, "start and an end", "timeframe"),
    (CAMPAIGN, {"timeframe": {**FRAME, "start": "1 May"}}, "Invalid datetime", "timeframe"),
    (CAMPAIGN, {"timeframe": {**FRAME, "start": "2026-12-01T00:00:00"}}, "before", "timeframe"),
    (CAMPAIGN, {"timeframe": {**FRAME, "start": "2025-11-01T00:00:00"}}, "1 year", "timeframe"),
    (FLOW, {"timeframe": {**FRAME, "start": "2026-09-01T00:00:00"}}, "60 days if", "timeframe"),
    (
        FORM,
        {"interval": "hourly", "timeframe": {**FRAME, "start": "2026-10-30T00:00:00"}},
        "7 days if hourly",
        "timeframe",
    ),
    (
        SEGMENT,
        {"timeframe": {"start": "2023-05-01T00:00:00", "end": "2023-05-08T00:00:00"}},
        "before June 1st, 2023",
        "timeframe",
    ),
    (CAMPAIGN, {"group_by": ["campaign_id"]}, "campaign_message_id are required", "group_by"),
    (CAMPAIGN, {"group_by": ["flow_id"]}, "not a valid choice", "group_by"),
    (FORM, {"group_by": ["form_version_id"]}, "form_id are required", "group_by"),
    (CAMPAIGN, {"filter": "any(campaign_id,['a'])"}, "'any' is not allowed", "filter"),
    (FORM, {"filter": "contains-any(form_id,['a'])"}, "is not allowed", "filter"),
    (SEGMENT, {"filter": "equals(list_id,'a')"}, "not a filterable field", "filter"),
    (CAMPAIGN, {"filter": "equals(send_channel,'post')"}, "not one of email, sms", "filter"),
    (
        FLOW,
        {"filter": "and(equals(flow_id,'a'),contains-any(flow_id,['b']))"},
        "Only one filter",
        "filter",
    ),
    (
        SEGMENT,
        {"filter": "any(segment_id,[" + ",".join(["'a'"] * 101) + "])"},
        "at most 100 items",
        "filter",
    ),
]


def asked(kind, world, brand="acme"):
    body = {"statistics": [STATISTIC[kind]], "timeframe": FRAME}
    if kind != CAMPAIGN:
        body["interval"] = "daily"
    if kind in (CAMPAIGN, FLOW):
        body["conversion_metric_id"] = world.accounts[brand].metrics["order"].id
    return body


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_klaviyo_refuses_is_refused(reader, world, case):
    kind, change, detail, blamed = case
    answer = reader("acme").post(f"/{kind}s", kind, **{**asked(kind, world), **change})

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert detail in error["detail"]
    assert error["source"] == {"pointer": f"/data/attributes/{blamed}"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_body_that_the_refused_ones_differ_from_is_good(reader, world, kind):
    found = reader("acme").report(kind, **asked(kind, world))

    assert found["results"]
    assert all(result["statistics"].keys() == {STATISTIC[kind]} for result in found["results"])


@pytest.mark.parametrize("kind", KINDS)
def test_sixty_whole_days_are_not_too_long(reader, world, kind):
    frame = {"start": "2026-09-20T00:00:00Z", "end": "2026-11-18T23:59:59Z"}

    assert reader("acme").report(kind, **{**asked(kind, world), "timeframe": frame})["results"]


def test_a_report_needs_the_scope_of_what_it_is_about(own, acme):
    for kind in KINDS:
        scope = f"{kind.split('-')[0]}s:read"
        own.deny_scope("acme", scope)
        answer = acme.post(f"/{kind}s", kind, **asked(kind, own.world))

        assert answer.status_code == 403
        assert scope in answer.json()["errors"][0]["detail"]


def test_a_body_of_another_type_of_content_is_refused(reader):
    answer = reader("acme").ask("POST", f"/{FORM}s", json={})

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("brand", "kind", "metric"),
    [("koala", CAMPAIGN, "order"), ("acme", CAMPAIGN, "loyalty"), ("acme", FLOW, "viewed")],
)
def test_a_metric_without_values_is_refused_with_value_statistics_alone(
    reader, world, brand, kind, metric
):
    ident = world.accounts[brand].metrics[metric].id
    body = {**asked(kind, world, brand), "conversion_metric_id": ident}
    for value in ("conversion_value", "average_order_value", "revenue_per_recipient"):
        refused = reader(brand).post(f"/{kind}s", kind, **{**body, "statistics": ["opens", value]})
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["detail"] == VALUES

    assert reader(brand).report(kind, **{**body, "statistics": ["opens", "conversions"]})


def test_the_flows_of_the_brand_that_refuses_them_for_campaigns_have_values(reader, world):
    body = {**asked(FLOW, world, "koala"), "statistics": ["conversion_value"]}

    assert reader("koala").report(FLOW, **body)["results"]


def test_pages_join_up_and_a_cursor_belongs_to_its_body(own, acme):
    body = {
        **asked(CAMPAIGN, own.world),
        "timeframe": {"key": "last_30_days"},
        "group_by": ["campaign_id", "campaign_message_id", "tag_name"],
    }
    whole = acme.report(CAMPAIGN, **body)["results"]
    with Sandbox(own.world, rate_factor=1000, report_rows=2) as small:
        acme.sandbox = small
        path, found, pages = f"/{CAMPAIGN}s", [], 0
        while path:
            answer = acme.post(path, CAMPAIGN, **body).json()
            found += answer["data"]["attributes"]["results"]
            following, pages = answer["links"]["next"], pages + 1
            path = following and following.removeprefix(small.api_url)
            foreign = path and acme.post(path, CAMPAIGN, **{**body, "statistics": ["clicks"]})
            assert not path or foreign.status_code == 400

    assert found == whole
    assert pages == -(-len(whole) // 2) > 1


@pytest.mark.parametrize(("kind", "status"), [(FLOW, 400), (FORM, 400), (SEGMENT, 400)])
def test_a_foreign_cursor_or_one_where_there_are_none_is_refused(reader, world, kind, status):
    answer = reader("acme").post(f"/{kind}s?page_cursor=x", kind, **asked(kind, world))

    assert answer.status_code == status


def test_only_so_many_reports_may_be_asked_for_in_a_second_a_minute_and_a_day():
    seconds = [1_800_000_000.0]  # eight in the morning, UTC
    limiter = RateLimiter(clock=lambda: seconds[0])

    def wait():
        try:
            limiter.admit("acme", CAMPAIGN, REPORT)
        except ApiError as error:
            return int(error.headers["Retry-After"])
        return 0

    assert [wait(), wait()] == [0, 1]
    seconds[0] += 1
    assert [wait(), wait()] == [0, 59]
    seconds[0] += 59
    for _ in range(223):
        assert wait() == 0
        seconds[0] += 30
    left = 86_400 - seconds[0] % 86_400
    assert wait() == left > 3600
