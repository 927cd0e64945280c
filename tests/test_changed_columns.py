"""Tables from an earlier version, whose columns are fewer or in another order."""

from tests.builds import Build, copy_of_database

# Which of its two models selects the other's columns, all of them.
TABLES = ("analytics_intermediate.int_message_days", "analytics.daily_message_metrics")

ROWS = "select md5(string_agg(to_jsonb(t)::text, ',' order by to_jsonb(t)::text)) from {} as t"


def test_a_column_that_is_new_in_the_middle_of_a_query_gets_its_own_values(
    loaded, server, tmp_path
):
    copy = copy_of_database(server, loaded.project.database, "changed_columns")
    before = [copy.value(ROWS.format(table)) for table in TABLES]
    for table in TABLES:
        copy.execute(f"alter table {table} drop column opens cascade")
    Build(copy.env, tmp_path).succeed("run", "--select", *(t.split(".")[1] for t in TABLES))
    assert [copy.value(ROWS.format(table)) for table in TABLES] == before
