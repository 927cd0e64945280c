"""Klaviyo may answer in many forms: whatever the form, the records say the same."""

import json

import pytest

from sandbox.server.loose_forms import NOT_NEEDED

STREAMS = (
    "accounts", "metrics", "mapped_metrics", "metric_aggregates", "metric_aggregate_reads",
    "events", "campaigns", "campaign_messages", "campaign_audiences", "campaign_variations",
    "campaign_values", "flows", "flow_messages", "flow_definitions", "flow_series", "lists",
    "list_sizes", "segments", "segment_series", "forms", "form_version_series", "tags",
    "templates", "profiles", "billing_usage",
)  # fmt: skip
# As Klaviyo sends it, with what is new in it.
AS_SENT = {
    "definition", "integration", "event_properties", "contact_information", "send_settings",
    "location", "properties", "subscriptions", "trigger", "profile_filter", "reentry_criteria",
}  # fmt: skip
# When it was read, and up to when.
OF_THE_RUN = {"read_at", "as_of", "window_end"}
OF_INTEGRATIONS = {f"integration_{part}" for part in ("id", "key", "name", "category")}
# What may be left out, or be something else.
UNNEEDED = {name for names in NOT_NEEDED.values() for name in names} | {"editor_type"}
NOT_COMPARED = AS_SENT | OF_THE_RUN | OF_INTEGRATIONS | UNNEEDED


def _said(sync) -> dict[str, dict[str, dict]]:
    """What a run says, by stream and key."""
    messages = [json.loads(line) for line in sync.out.split("\n")[:-1]]
    keys = {m["stream"]: m["key_properties"] for m in messages if m["type"] == "SCHEMA"}
    said: dict[str, dict[str, dict]] = {stream: {} for stream in STREAMS}
    for message in messages:
        if message["type"] == "RECORD" and message["stream"] in said:
            record = message["record"]
            key = str([record[name] for name in keys[message["stream"]] if name != "window_end"])
            kept = {name: value for name, value in record.items() if name not in NOT_COMPARED}
            said[message["stream"]][key] = kept
    return said


def _same_in_another_form(tap, seeds) -> None:
    settings = {"only": STREAMS, "start_date": tap.sandbox.world.first_day.isoformat()}
    usual = _said(tap.sync(**settings))
    assert all(usual.values())
    for seed in seeds:
        tap.sandbox.loosen(seed)
        run = tap.sync(**settings)
        troubles = [(r["stream"], r["error"]) for r in run.records["sync_log"] if r["error"]]
        loose = _said(run)
        differing = [
            (stream, key, usual[stream].get(key), loose[stream].get(key))
            for stream in STREAMS
            for key in usual[stream].keys() | loose[stream].keys()
            if usual[stream].get(key) != loose[stream].get(key)
        ]
        assert not differing, (seed, len(differing), differing[:3], troubles)


def test_whatever_the_form_of_the_answers_the_records_say_the_same(tap):
    _same_in_another_form(tap, (1, 2))


@pytest.mark.soak
def test_whatever_many_forms_the_answers_have_the_records_say_the_same(tap):
    _same_in_another_form(tap, range(10, 30))
