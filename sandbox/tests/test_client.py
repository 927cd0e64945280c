"""The official Python client reads the sandbox.

`KlaviyoAPI` has a `test_host`, which it puts into its configuration as the host of all
requests; the client is used as it is otherwise. Its answers are models generated from Klaviyo's
own description, so a field of a wrong type or a missing one is an error.
"""

import re

import pytest
from klaviyo_api import KlaviyoAPI
from openapi_client.exceptions import ApiException


@pytest.fixture
def klaviyo(sandbox, reader):
    acme = reader("acme")
    host = sandbox.api_url.removesuffix("/api")
    return KlaviyoAPI(acme.key, max_retries=0, test_host=host)


@pytest.fixture
def account(world):
    return world.accounts["acme"]


def test_it_reads_the_account(klaviyo, account):
    [found] = klaviyo.Accounts.get_accounts().data

    assert found.id == account.id
    assert found.attributes.timezone == "America/New_York"
    assert found.attributes.contact_information.organization_name == "Acme Outfitters"


def test_it_reads_metrics_and_what_they_are_mapped_to(klaviyo, account):
    metrics = klaviyo.Metrics.get_metrics().data
    mapped = klaviyo.Metrics.get_mapped_metrics(include=["metric"]).data

    assert {item.id: item.attributes.name for item in metrics} == {
        item.id: item.name for item in account.metrics.values()
    }
    [revenue] = [item for item in mapped if item.id == "revenue"]
    assert revenue.relationships.metric.data.id == account.metrics["order"].id


def test_it_reads_events_page_by_page(klaviyo, account):
    def page(cursor=None):
        return klaviyo.Events.get_events(
            filter=f'equals(metric_id,"{account.metrics["order"].id}")',
            include=["attributions"],
            page_size=200,
            sort="datetime",
            page_cursor=cursor,
        )

    read, answer = [], page()
    while True:
        read += answer.data
        if answer.links.next is None:
            break
        answer = page(answer.links.next.split("cursor%5D=")[1])

    orders = account.by_metric["order"]
    assert [event.id for event in read] == [event.id for event in orders]
    assert [event.attributes.timestamp for event in read] == [event.at for event in orders]
    assert sum(round(e.attributes.event_properties["$value"] * 100) for e in read) == sum(
        order.cents for order in orders
    )


def test_it_reads_aggregates(klaviyo, account):
    answer = klaviyo.Metrics.query_metric_aggregates({
        "data": {
            "type": "metric-aggregate",
            "attributes": {
                "metric_id": account.metrics["order"].id,
                "measurements": ["count", "sum_value"],
                "filter": [
                    "greater-or-equal(datetime,2026-10-01T00:00:00)",
                    "less-than(datetime,2026-11-21T00:00:00)",
                ],
                "by": ["$attributed_flow"],
                "interval": "day",
                "timezone": "America/New_York",
            },
        }
    })  # fmt: skip

    groups = answer.data.attributes.data
    assert sum(sum(group.measurements["count"]) for group in groups) == len(
        account.by_metric["order"]
    )
    assert {group.dimensions[0] for group in groups} - {""} <= {
        flow.id for flow in account.flows.values()
    }


def test_it_reads_campaigns_with_their_messages_and_variations(klaviyo, account):
    answer = klaviyo.Campaigns.get_campaigns(include=["campaign-messages", "campaign-audiences"])
    messages = [item for item in answer.included if item["type"] == "campaign-message"]
    variations = klaviyo.Campaigns.get_variations_for_campaign_message(messages[0]["id"])

    shown = {item.id for item in account.campaigns if not item.is_archived(account.until)}
    assert {item.id for item in answer.data} == shown
    assert variations.data[0].attributes.definition.details["channel"] == "email"


def test_it_reads_flows_with_their_actions_and_messages(klaviyo, account):
    flow = account.flows["checkout"]
    flows = klaviyo.Flows.get_flows().data
    actions = klaviyo.Flows.get_actions_for_flow(flow.id).data
    messages = klaviyo.Flows.get_messages_for_flow_action(flow.messages[0].action_id).data

    assert flow.name in {item.attributes.name for item in flows}
    assert {item.id for item in actions} >= {item.action_id for item in flow.messages}
    assert [item.id for item in messages] == [flow.messages[0].id]


def test_it_reads_what_a_flow_does(klaviyo, account):
    flow = account.flows["checkout"]
    asked = {"additional_fields_flow": ["definition"]}
    found = klaviyo.Flows.get_flow(flow.id, **asked).data.attributes
    bare = klaviyo.Flows.get_flow(flow.id).data.attributes

    [trigger] = found.definition.triggers
    assert (trigger["type"], trigger["id"]) == ("metric", account.metrics["checkout"].id)
    ids = [action["id"] for action in found.definition.actions]
    assert ids == [one for m in flow.messages for one in (m.delay_id, m.action_id)]
    assert found.definition.entry_action_id == ids[0]
    assert found.name == bare.name == flow.name
    assert bare.definition is None


def test_it_reads_what_the_account_has_filed(klaviyo, world):
    asked = {
        "lists": klaviyo.Lists.get_lists,
        "segments": klaviyo.Segments.get_segments,
        "forms": klaviyo.Forms.get_forms,
        "tags": klaviyo.Tags.get_tags,
        "templates": klaviyo.Templates.get_templates,
    }
    filed = world.truth.filed("acme")
    for kind, question in asked.items():
        found = {item.id: item.attributes.name for item in question().data}
        assert found
        assert found.items() <= filed[kind].items()

    people = klaviyo.Profiles.get_profiles(
        page_size=100, additional_fields_profile=["subscriptions", "predictive_analytics"]
    )
    assert {item.id: item.attributes.email for item in people.data}.items() <= filed[
        "profiles"
    ].items()
    usage = {item.id: item.attributes for item in klaviyo.Billing.list_billing_usage().data}
    assert usage["email_sends"].unit == "messages"


def test_it_reads_the_size_of_a_list(klaviyo, world):
    ident, size = min(world.truth.list_sizes("acme").items())
    found = klaviyo.Lists.get_list(ident, additional_fields_list=["profile_count"])
    assert found.data.attributes.profile_count == size


@pytest.mark.parametrize(
    ("question", "kind", "more"),
    [
        ("query_campaign_values", "campaign-values-report", {"statistics": ["opens"]}),
        ("query_flow_series", "flow-series-report", {"statistics": ["opens"]}),
        ("query_form_series", "form-series-report", {"statistics": ["submits"]}),
        ("query_segment_series", "segment-series-report", {"statistics": ["total_members"]}),
    ],
)
def test_it_reads_reports(klaviyo, account, question, kind, more):
    frame = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-14T23:00:00Z"}
    attributes = {"timeframe": frame, **more}
    if "campaign" not in kind:
        attributes["interval"] = "daily"
    if kind.startswith(("campaign", "flow")):
        attributes["conversion_metric_id"] = account.metrics["order"].id

    body = {"data": {"type": kind, "attributes": attributes}}
    found = getattr(klaviyo.Reporting, question)(body).data.attributes

    assert found.results
    [statistic] = more["statistics"]
    if "series" in kind:
        assert len(found.date_times) == 14
        assert len(found.results[0].statistics[statistic]) == 14


def test_it_understands_a_refusal(klaviyo):
    with pytest.raises(ApiException) as refusal:
        klaviyo.Events.get_events(filter="any(metric_id,['x'])")

    assert refusal.value.status == 400
    assert "Operator 'any' is not allowed" in refusal.value.body


@pytest.mark.parametrize("seed", range(4))
def test_it_reads_answers_of_every_form_but_for_values_that_it_does_not_know(own, seed):
    own.loosen(seed)
    host = own.api_url.removesuffix("/api")
    klaviyo = KlaviyoAPI(own.accounts[0]["api_key"], max_retries=0, test_host=host)
    asked = (
        klaviyo.Accounts.get_accounts, klaviyo.Metrics.get_metrics, klaviyo.Events.get_events,
        klaviyo.Metrics.get_mapped_metrics, klaviyo.Campaigns.get_campaigns,
        klaviyo.Lists.get_lists, klaviyo.Segments.get_segments, klaviyo.Flows.get_flows,
        klaviyo.Forms.get_forms, klaviyo.Tags.get_tags, klaviyo.Templates.get_templates,
    )  # fmt: skip
    refusals = [refusal for ask in asked if (refusal := _refusal(ask))]
    assert all(re.search("enum values[^)]*\\).*(some_other|Something New)", r) for r in refusals)


def _refusal(ask) -> str:
    """What the client finds fault with, in one line."""
    try:
        return "" if ask().data else "nothing"
    except ValueError as error:
        return " ".join(str(error).split())
