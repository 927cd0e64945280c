"""Raw events divided by a hash of the account, and the care that large raw tables get."""

import pytest

from tests.builds import Build, copy_of_database

ARGUMENTS = ("run-operation", "partition_events", "--args", "{partitions: 4}")
PARTS = """
    select relid::regclass::text as name, reloptions::text as settings,
        (select count(*) from pg_index where indrelid = relid) as indexes
    from pg_partition_tree('tap_klaviyo.events') inner join pg_class on oid = relid where isleaf
"""
# As the one that keeps forgotten profiles out.
TRIGGER = """
    create trigger kept before update on tap_klaviyo.events
    for each row execute function suppress_redundant_updates_trigger()
"""
EARLY = "autovacuum_vacuum_scale_factor=0.02"


@pytest.fixture
def copy(loaded, server):
    """A copy of the loaded database, which may be changed."""
    return copy_of_database(server, loaded.project.database, "divided")


def test_divided_events_are_the_same_and_are_built_from_as_before(copy, loaded, tmp_path):
    build = Build(copy.env, tmp_path)
    copy.execute(TRIGGER)
    build.succeed(*ARGUMENTS)
    assert copy.contents()["events"] == loaded.project.database.contents()["events"]

    build.succeed("run", "--select", "stg_klaviyo__events")

    parts = copy.rows(PARTS)
    assert len(parts) == 4
    triggers = "select tgname from pg_trigger where tgrelid = 'tap_klaviyo.events'::regclass"
    assert [row["tgname"] for row in copy.rows(triggers)] == ["kept"]
    assert {part["indexes"] for part in parts} == {3}
    assert all(EARLY in part["settings"] for part in parts)
    assert copy.value("select count(*) from analytics_staging.stg_klaviyo__events") > 0
    assert "divided already" in build.fail(*ARGUMENTS)


def test_large_raw_tables_are_vacuumed_early_unless_they_have_settings_of_their_own(loaded):
    settings = "select reloptions::text from pg_class where oid = 'tap_klaviyo.{}'::regclass"
    database = loaded.project.database
    for table in ("events", "metric_aggregates"):
        assert EARLY in database.value(settings.format(table))
    assert database.value(settings.format("campaigns")) is None
