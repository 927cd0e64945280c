"""Every key: whose it is, what it may read, and how often."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from tap_klaviyo.client.errors import AccountFailed, KlaviyoError
from tap_klaviyo.client.jsonapi import related_id
from tap_klaviyo.client.rate_limit_headers import announced_windows
from tap_klaviyo.run.key_check import KeyCheck, check_keys, describe_account

from check.finding import Finding, fatal, good, lacking
from check.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tap_klaviyo.tap import TapKlaviyo

ROLES = ROOT / "transform/seeds/metric_roles.csv"
SECONDS = 60  # for all keys together
LONGEST_WAIT = 15  # seconds to wait for Klaviyo's leave to ask
NAMED = 5  # metrics named in a line
PERIODS = {1: "s", 60: "min", 3600: "h", 86_400: "day"}


def trials(tap: TapKlaviyo, selected: Collection[str], seconds: float) -> list[KeyCheck]:
    """Try all keys concurrently, for no longer than so many seconds."""
    return list(check_keys(tap.configured_accounts, selected, {}, seconds))


def check(tried: list[KeyCheck], *, quick: bool, is_part: bool = False) -> Iterator[Finding]:
    """What each key has shown. That all are refused ends a run, one alone is left out of it.

    A shard (`is_part`) with no other keys runs all the same, to have them in the run log.
    """
    all_refused = not is_part and all(isinstance(t.refused, AccountFailed) for t in tried)
    for trial in tried:
        subject = f"key of {trial.client}"
        if trial.refused:
            make = fatal if all_refused or (not quick and _none_works(tried)) else lacking
            yield make(subject, *_halves(trial.refused))
            continue
        yield good(subject, describe_account(trial))
        for scope, error in trial.lacking.items():
            yield lacking(f"{subject}, {scope}", *_halves(error))
        if trial.metrics:
            yield from _metrics(trial)


def limits(tried: list[KeyCheck]) -> Iterator[Finding]:
    """How often each endpoint may be asked, by the answers' own words."""
    announced: dict[tuple[str, str], list[str]] = {}
    for trial in tried:
        for endpoint, header in trial.limits.items():
            announced.setdefault((endpoint, windows(header)), []).append(trial.client)
    for (endpoint, text), clients in sorted(announced.items()):
        whose = "" if len(clients) == len(tried) else f" ({', '.join(clients)})"
        yield good(f"limit of {endpoint}", text + whose)


def zones(tried: list[KeyCheck]) -> set[str]:
    """The time zones of the accounts."""
    found = (trial.resource["attributes"].get("timezone") for trial in tried if trial.resource)
    return {zone for zone in found if zone}


def windows(header: str) -> str:
    """`10, 10;w=1, 150;w=60` in words; as it is where the tap can make nothing of it."""
    found = announced_windows({"RateLimit-Limit": header})
    each = [f"{n:,} per {PERIODS.get(w, f'{w} s')}" for w, n in sorted(found.items())]
    return ", ".join(each) or header


def _none_works(tried: list[KeyCheck]) -> bool:
    return all(trial.refused for trial in tried)


def _halves(error: KlaviyoError) -> tuple[str, str]:
    """What happened, and what to do: our messages are sentences in that order."""
    what, dot, advice = str(error).partition("). ")
    return (what + ")", advice) if dot else (what, "")


def _metrics(trial: KeyCheck) -> Iterator[Finding]:
    """What the account calls revenue, and which of Klaviyo's own metrics have no role."""
    names = {metric["id"]: metric["attributes"].get("name") for metric in trial.metrics}
    revenue = revenue_of(trial)
    subject = f"revenue of {trial.client}"
    if revenue:
        yield good(subject, f"metric {names.get(revenue) or revenue}")
    elif "metrics:read" not in trial.lacking:
        yield lacking(subject, "no metric is mapped to it: revenue stays empty",
                      "Map one in Klaviyo (Settings > Other > Metric mapping).")  # fmt: skip
    strange = sorted(_without_role(trial))
    if strange:
        more = f" and {len(strange) - NAMED} more" if len(strange) > NAMED else ""
        yield lacking(
            f"metrics of {trial.client}",
            f"no role for {', '.join(strange[:NAMED])}{more}",
            "If they should count: rows in transform/seeds/metric_roles.csv.",
        )


def revenue_of(trial: KeyCheck) -> str | None:
    """The id of the metric that the account has mapped to revenue."""
    mapped = {mapping["id"]: mapping for mapping in trial.mapped_metrics}
    return related_id(mapped["revenue"], "metric") if "revenue" in mapped else None


def _without_role(trial: KeyCheck) -> set[str]:
    with ROLES.open() as file:
        known = {(r["integration_key"], r["metric_name"].lower()) for r in csv.DictReader(file)}
    own = [m["attributes"] for m in trial.metrics if _integration(m["attributes"]) == "klaviyo"]
    return {a["name"] for a in own if ("klaviyo", str(a["name"]).lower()) not in known}


def _integration(attributes: dict[str, Any]) -> str | None:
    return (attributes.get("integration") or {}).get("key")
