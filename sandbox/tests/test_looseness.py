"""Answers in other forms: drawn from a seed, and nothing of weight is lost."""

import pytest

from sandbox.server.loose_forms import INTEGRATIONS


def _metrics(sandbox, ask, seed):
    sandbox.loosen(seed)
    reader = ask(sandbox, "acme")
    return [reader.get("/metrics") for _ in range(12)]


def test_one_seed_gives_the_same_forms_again_and_another_gives_others(own, ask):
    first, again, other = (_metrics(own, ask, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_every_form_of_an_integration_turns_up_and_every_metric_keeps_its_name(own, ask):
    names = {metric["attributes"]["name"] for metric in ask(own, "acme").get("/metrics")["data"]}
    pages = [page for seed in range(8) for page in _metrics(own, ask, seed)]
    found = set()
    for page in pages:
        assert {metric["attributes"]["name"] for metric in page["data"]} == names
        for metric in page["data"]:
            integration = metric["attributes"].get("integration")
            found.add(None if integration is None else frozenset(integration))
    wanted = INTEGRATIONS["klaviyo"]
    assert {None if form is None else frozenset(form) for form in wanted} <= found


def test_without_a_seed_every_answer_keeps_its_usual_form(own, ask):
    reader = ask(own, "acme")
    assert reader.get("/metrics") == reader.get("/metrics")
    assert set(reader.get("/metrics")) == {"data", "links"}


@pytest.mark.parametrize("seed", range(4))
def test_pages_still_lead_through_everything(own, ask, seed):
    reader = ask(own, "acme")
    usual = {item["id"] for item in reader.all("/events", **{"page[size]": 200})}
    own.loosen(seed)
    found, following = set(), "/events?page[size]=200"
    while following:
        page = reader.get(following)
        found |= {item["id"] for item in page["data"]}
        following = (page.get("links") or {}).get("next")
        following = following and following.removeprefix(own.api_url)
    assert found == usual
