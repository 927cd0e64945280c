"""Writes docs/metrics.md from the models' own descriptions: `python transform/document.py`."""
# ruff: noqa: INP001 - a script in a dbt project, not a package

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "docs" / "metrics.md"
# In the order in which a reader meets them; a table that is not named here comes last.
ORDER = (
    "daily_client_metrics",
    "daily_channel_metrics",
    "daily_message_metrics",
    "daily_deliverability",
    "store_funnel",
    "daily_audience_metrics",
    "daily_engagement_tiers",
    "daily_form_metrics",
    "tag_metrics",
    "campaign_metrics",
    "flow_metrics",
    "flow_health",
    "lifecycle_coverage",
    "rolling_client_metrics",
    "attribution_quality",
    "attribution_ladder",
    "attribution_delays",
    "attribution_settings",
    "daily_usage",
    "goal_pacing",
    "holiday_comparison",
    "client_health",
    "metric_anomalies",
    "portfolio_daily",
    "report_facts",
    "clients",
    "messages",
    "metrics",
    "pipeline_runs",
    "data_freshness",
    "role_coverage",
    "reconciliation",
    "restatements",
)
DOC_BLOCK = re.compile(r"{% docs (\w+) %}(.*?){% enddocs %}", re.DOTALL)
DOC_CALL = re.compile(r"{{ *doc\(['\"](\w+)['\"]\) *}}")


def document() -> str:
    """The whole document, as Markdown."""
    introduction = (HERE / "introduction.md").read_text()
    models = sorted(_models(), key=_place)
    return introduction + "".join(_table(model) for model in models)


def _models() -> Iterator[dict[str, Any]]:
    for layer in ("marts", "audit"):
        for path in sorted((HERE / "models" / layer).rglob("*.yml")):
            yield from yaml.safe_load(path.read_text()).get("models", [])


def _place(model: dict[str, Any]) -> tuple[int, str]:
    name = model["name"]
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _table(model: dict[str, Any]) -> str:
    rows = "".join(
        f"| `{column['name']}` | {column['data_type']} | {_additive(column)} "
        f"| {_words(column['description'])} |\n"
        for column in model["columns"]
    )
    return (
        f"\n## `{model['name']}`\n\n{_words(model['description'])}\n\n"
        f"| column | type | adds up | meaning |\n|---|---|---|---|\n{rows}"
    )


def _additive(column: dict[str, Any]) -> str:
    """Where values of several rows may be added; empty for columns that are no numbers."""
    return str(column.get("config", {}).get("meta", {}).get("additive", ""))


def _words(description: str) -> str:
    blocks = dict(DOC_BLOCK.findall((HERE / "models/docs.md").read_text()))
    whole = DOC_CALL.sub(lambda call: blocks[call[1]], description)
    return " ".join(whole.split()).replace("|", "\\|")


if __name__ == "__main__":
    DOCUMENT.write_text(document())
