"""What the models of `transform/` may read of each other, and how long they may be."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.pipeline import ROOT

from .builds import TRANSFORM, Build

NO_SERVER = {"PGHOST": "localhost", "PGUSER": "nobody", "PGDATABASE": "none"}
# Who reads a table of `analytics` and not the model under it, and why.
READS_A_MART = {
    ("data_freshness", "pipeline_runs"): "a view: both tables tell of the same build",
    ("daily_site_metrics", "daily_client_metrics"): "an extension relies on what is public only",
}
ZONES = "a lookup of its own: asking Postgres for its time zones is slow"
STAGING_READS = {
    ("stg_klaviyo__accounts", "stg_klaviyo__time_zones"): ZONES,
    ("stg_klaviyo__metric_aggregate_reads", "stg_klaviyo__time_zones"): ZONES,
}
ADDS_UP = {
    *("always", "within one currency", "within one channel", "within one stream", "within one tag"),
    "never",
}
MOST_LINES = 100
# Longer than that since before there was a limit. These numbers may only become smaller.
LONGER = {
    "int_kpi_changes": 130,
    "int_capped_kpi_days": 112,
    "rolling_client_metrics": 104,
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("graph")
    Build(NO_SERVER, folder).succeed("parse", "--vars", "{extensions: [ga4]}")
    whole: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return whole


def _reads(manifest: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each model with each model that it reads."""
    models = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    for model in models.values():
        for key in model["depends_on"]["nodes"]:
            if key in models:
                yield model, models[key]


def _folders() -> list[str]:
    """The folders of intermediate models, in the order of the table in transform/README.md."""
    table = (TRANSFORM / "README.md").read_text().partition("## Folders of intermediate models")[2]
    return re.findall(r"^\| `(\w+)` \|", table.partition("\n### ")[0], re.MULTILINE)


def test_staging_reads_raw_tables_and_seeds_only(manifest):
    reads = {
        (model["name"], parent["name"])
        for model, parent in _reads(manifest)
        if model["name"].startswith("stg_")
    }
    assert reads == STAGING_READS.keys()


def test_no_model_reads_a_mart_without_a_reason(manifest):
    reads = {
        (model["name"], parent["name"])
        for model, parent in _reads(manifest)
        if parent["access"] == "public"
    }
    assert reads == READS_A_MART.keys()


def test_no_folder_of_models_reads_a_later_one(manifest):
    folders = _folders()
    intermediate = TRANSFORM / "models/intermediate"
    assert sorted(folders) == sorted(path.name for path in intermediate.iterdir())
    assert not [
        (model["name"], parent["name"])
        for model, parent in _reads(manifest)
        if "intermediate" == model["fqn"][1] == parent["fqn"][1]
        and folders.index(model["fqn"][2]) < folders.index(parent["fqn"][2])
    ]


def test_each_number_of_a_public_table_states_which_rows_add_up(manifest):
    stated = {
        f"{node['name']}.{name}": column["config"].get("meta", {}).get("additive")
        for node in manifest["nodes"].values()
        if node.get("access") == "public"
        for name, column in node["columns"].items()
        if (column["data_type"] or "").startswith(("bigint", "int", "numeric"))
    }
    assert stated
    assert {name: rows for name, rows in stated.items() if rows not in ADDS_UP} == {}


def test_each_dashboard_is_an_exposure_of_the_tables_that_it_reads(manifest):
    public = {n["name"] for n in manifest["nodes"].values() if n.get("access") == "public"}
    dashboards = {
        path.stem.replace("-", "_"): set(
            re.findall(r"(?:from|join)(?: |\\n)+(\w+)", path.read_text())
        )
        & public
        for path in (ROOT / "grafana/dashboards").rglob("*.json")
    }
    exposures = {
        exposure["name"]: {key.rpartition(".")[2] for key in exposure["depends_on"]["nodes"]}
        for exposure in manifest["exposures"].values()
    }
    assert exposures == dashboards


def test_a_model_has_no_more_lines_than_the_limit():
    lengths = {path.stem: _lines(path) for path in (TRANSFORM / "models").rglob("*.sql")}
    assert {n: lines for n, lines in lengths.items() if lines > MOST_LINES} == LONGER
    assert f"an SQL model at most {MOST_LINES}" in (ROOT / "CONTRIBUTING.md").read_text()


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_unit_test_has_a_name_that_postgres_would_cut(manifest):
    names = [unit["name"] for unit in manifest["unit_tests"].values()]
    assert names
    assert [name for name in names if len(name) > 63] == []
