"""Pipeline: is the data complete, fresh and right."""

from __future__ import annotations

from grafana.authoring import field_styles as style
from grafana.authoring.coverage import metrics_without_role
from grafana.authoring.dashboard import CLIENTS, Json, dashboard
from grafana.authoring.panels import DAY, columns, row, stat, table
from grafana.authoring.trust import data_quality

UID = "pipeline"
_UTC = "By the run's start, UTC."
_STATUS = style.states(
    ok="green", partial="orange", skipped="orange", deferred="orange", failed="red"
)


def build() -> Json:
    """The dashboard."""
    return dashboard(
        UID,
        "Pipeline",
        "Runs, failures, freshness, and whether the numbers agree with Klaviyo.",
        [*_now(), row("Freshness and failures"), _freshness(), _problem_runs(), row("Runs"),
         *_runs(), row("Data quality"), *data_quality(), row("Metric mapping"),
         metrics_without_role()],
        [CLIENTS],
        days=14,
        until="now",
    )  # fmt: skip


def _now() -> list[Json]:
    return [
        stat("Hours since the last good run", "pipeline/hours_since_success", "none",
             "Of the client and stream that is furthest behind, as of now.", w=6, decimals=1,
             thresholds=style.steps("green", (26, "orange"), (50, "red"))),
        stat("Streams late or failing", "pipeline/streams_late", style.COUNT,
             "Client and stream pairs, as of now. Streams that Klaviyo returns only in part, or "
             "not to this key, are listed below and not counted.", w=6,
             thresholds=style.ANY_IS_BAD),
        stat("Client days out of tolerance", "pipeline/days_out_of_tolerance", style.COUNT,
             "Settled days of the time range on which two ways to count disagree by more than the "
             "tolerance.", w=6, thresholds=style.ANY_IS_BAD),
        stat("Requests of the last run", "pipeline/requests_last_run", style.COUNT,
             "Requests sent to Klaviyo by the newest run, for the clients chosen.", w=6),
    ]  # fmt: skip


def _freshness() -> Json:
    styled = {
        "Client": style.words(100),
        "Stream": style.words(170),
        "State": {
            **style.states(
                fresh="green", late="orange", deferred="orange", failing="red", never="orange"
            ),
            "custom__width": 80,
        },
        "Hours": {"unit": "none", "decimals": 1, "custom__width": 75},
        "Allowed": style.number(75),
        "Data until": style.timestamp(140),
        "Failed": style.number(65),
        "What to do": style.SENTENCES,
    }
    return table("Freshness by client and stream", "pipeline/freshness",
                 "As of now, worst first, whatever the time range. Hours since the last good read, "
                 "hours allowed, failed runs in a row. Deferred: Klaviyo's quota was used up, and "
                 "the next run continues from there. Times are UTC.",
                 styled, w=24, h=9)  # fmt: skip


def _problem_runs() -> Json:
    styled = {
        "Started": style.timestamp(),
        "Client": style.words(90),
        "Stream": style.words(170),
        "State": _STATUS,
        "What to do": style.SENTENCES,
    }
    return table("Runs with problems", "pipeline/problem_runs",
                 "Failed, deferred (the quota was used up, the next run continues from there), "
                 f"partial or skipped, with the tap's advice. {_UTC}",
                 styled, w=24, h=6, empty="No such run in this time range")  # fmt: skip


def _parts() -> Json:
    styled = {
        "Part": style.words(130),
        "Clients": style.number(80),
        "Read": style.number(80),
        "Failed streams": style.coloured(style.number(130), style.ANY_IS_BAD),
        "Requests": style.number(100),
        "Started": style.timestamp(),
        "Finished": style.timestamp(),
    }
    return table("Parts of the last run", "pipeline/parts_last_run",
                 "One row per shard of the newest run, or one for an undivided run. Not in this "
                 "run: clients of the run before that no part of this one has begun to read. "
                 f"{_UTC}", styled, w=24, h=6, empty="No run")  # fmt: skip


def _runs() -> list[Json]:
    return [
        _parts(),
        columns("Records read by day", "pipeline/records_by_day", style.COUNT,
                f"Records of all streams; a day without a column had no run. {_UTC}",
                w=8, h=8, label=DAY),
        columns("Requests by day", "pipeline/requests_by_day", style.COUNT,
                f"Requests to Klaviyo, retries included. {_UTC}", w=8, h=8, label=DAY),
        columns("Time spent waiting for rate limits", "pipeline/throttling_by_day", "s",
                f"Seconds, summed over streams that run concurrently. {_UTC}", w=8, h=8,
                label=DAY),
    ]  # fmt: skip
