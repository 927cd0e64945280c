"""An update rebuilds what has changed, for all days, and nothing else."""

import json

import psycopg
import pytest

from tests.builds import TRANSFORM, Build, copy_of_database, copy_of_project
from upgrade.__main__ import rebuild
from upgrade.fingerprints import Models, Relation, store

INTERMEDIATE = "analytics_intermediate"
MODEL = "models/intermediate/judgement/int_kpi_scores.sql"
MACRO = "macros/wilson_lower_bound.sql"
NO_SERVER = {"PGHOST": "nowhere", "PGUSER": "u", "PGPASSWORD": "p", "PGDATABASE": "d"}
WATCHED = ("int_kpi_scores", "int_kpi_days", "int_metric_event_days")
WRITERS = "select distinct xmin::text as writer from analytics_intermediate.{}"


def _models(project, folder):
    Build(NO_SERVER, folder, project).succeed("parse")
    return Models(json.loads((folder / "manifest.json").read_text()))


def _changed(before, after):
    digests = before.digests()
    return {name for one, name in after.names().items() if digests.get(one) != after.digests()[one]}


@pytest.fixture(scope="module")
def present(tmp_path_factory):
    return _models(TRANSFORM, tmp_path_factory.mktemp("present"))


def test_a_changed_model_and_all_that_read_it_have_another_digest_and_no_other_has(
    present, tmp_path
):
    project = copy_of_project(tmp_path)
    model = project / MODEL
    model.write_text(model.read_text() + "\n-- another thought\n")
    found = _changed(present, _models(project, tmp_path))
    assert {"int_kpi_scores", "int_kpi_changes", "metric_anomalies"} <= found
    assert found.isdisjoint({"int_kpi_days", "int_metric_event_days", "daily_client_metrics"})


def test_a_changed_macro_changes_the_models_that_call_it_even_through_another(present, tmp_path):
    project = copy_of_project(tmp_path)
    macro = project / MACRO
    macro.write_text(macro.read_text().replace("1.96", "2.58"))
    assert macro.read_text() != (TRANSFORM / MACRO).read_text()
    found = _changed(present, _models(project, tmp_path))
    callers = {
        path.stem
        for path in (TRANSFORM / "models").rglob("*.sql")
        if "wilson_lower_bound(" in path.read_text()
    }
    assert callers
    assert callers <= found
    assert "int_metric_aggregates" not in found


def test_models_that_are_no_more_are_named_once(server, present):
    server.execute("create schema if not exists analytics_staging")
    gone = Relation(INTERMEDIATE, "int_accounts_based")
    with psycopg.connect(server.dsn) as session:
        assert store(session, "analytics_staging", {**present.digests(), gone: "x"}) == []
        assert store(session, "analytics_staging", present.digests()) == [gone]
        assert store(session, "analytics_staging", present.digests()) == []
    server.execute("drop schema analytics_staging cascade")


@pytest.fixture
def database(loaded, server):
    """A copy of the loaded database, as an upgrade to the present version leaves it."""
    return copy_of_database(server, loaded.project.database, "upgrade")


@pytest.fixture
def upgrade(database, tmp_path):
    """Upgrades the database to a project with a changed model; what dbt was asked for."""
    project = copy_of_project(tmp_path)
    model = project / MODEL
    model.write_text(model.read_text() + "\n-- another thought\n")
    build = Build(database.env, tmp_path / "target", project)

    def run():
        said = []

        def dbt(*words):
            said.append(words)
            build.succeed(*words)
            return 0

        assert rebuild(database.env, dbt, build.folder) == 0
        return said

    return run


def _writers(database):
    """The transactions that wrote the rows of each watched table."""
    return {
        name: {row["writer"] for row in database.rows(WRITERS.format(name))} for name in WATCHED
    }


@pytest.mark.soak
def test_an_upgrade_computes_all_days_of_a_changed_model_again_and_leaves_the_others(
    database, present, upgrade
):
    with psycopg.connect(database.dsn) as session:
        store(session, present.home, present.digests())
    before = _writers(database)
    parse, refresh, build = upgrade()
    after = _writers(database)
    assert [parse[0], refresh[0], build[0]] == ["parse", "build", "build"]
    assert {"--full-refresh", "int_kpi_scores", "metric_anomalies"} <= set(refresh)
    assert "int_kpi_days" not in refresh
    assert {name for name in WATCHED if after[name].isdisjoint(before[name])} == {"int_kpi_scores"}

    parse, build = upgrade()
    assert "--full-refresh" not in build
