"""Where the tap allows it, a row that a record would not change is not written again."""

import pytest

from loader.tests import hostile
from loader.tests.hostile import plain, schema
from loader.tests.loading import STANDARD, lines, load, tables

ALLOWED = {"x-keep-unchanged": True}
HEAD = schema("plain", hostile.PLAIN, "account_id", "id", **ALLOWED)
VERSIONS = 'select id, xmin::text || ctid::text as version from "{}".plain'
FIRST = [plain(f"{number:03}", number=1.5, properties={"a": [None, 1]}) for number in range(100)]
SECOND = [
    *FIRST[:90],
    *(plain(f"{number:03}", number=1.5, properties={"a": [1, None]}) for number in (90, 91)),
    *(plain(f"{number:03}", number=None, properties={"a": [None, 1]}) for number in (92, 93)),
    plain("094", number=1.5, properties={"a": [None, 1]}, _sdc_deleted_at="2026-01-01T00:00:00Z"),
    *FIRST[95:],
    plain("new"),
]
CHANGED = {"090", "091", "092", "093", "094", "new"}


def written_by_the_second(database, folder, name, head=HEAD, records=SECOND, **settings):
    """Ids of the rows that a second load wrote."""
    found = []
    for messages in ([HEAD, *FIRST], [head, *records]):
        done = load(database, folder, name, lines(messages), batch_size_rows=30, **settings)
        assert done.status == 0, done.log[-3000:]
        rows = database.rows(VERSIONS.format(name))
        found.append({row["id"]: row["version"] for row in rows})
    return {one for one in found[1] if found[1][one] != found[0].get(one)}


def test_only_rows_that_differ_are_written(database, tmp_path):
    assert written_by_the_second(database, tmp_path, "differ") == CHANGED


def test_every_row_is_written_where_the_tap_does_not_allow_less(database, tmp_path):
    head = schema("plain", hostile.PLAIN, "account_id", "id")
    assert len(written_by_the_second(database, tmp_path, "forbidden", head)) == 101


def test_a_row_of_an_older_version_is_written_so_that_it_is_not_deleted(database, tmp_path):
    records = [record.replace('"RECORD"', '"RECORD", "version": 8') for record in FIRST]
    written = written_by_the_second(database, tmp_path, "version", records=records)
    assert len(written) == 100


@pytest.mark.parametrize("quick", [True, False])
def test_hostile_content_loaded_twice_is_what_the_standard_target_makes_of_it(
    quick, database, tmp_path
):
    messages = [
        {**one, "schema": {**one["schema"], **ALLOWED}}
        if isinstance(one, dict) and one.get("type") == "SCHEMA"
        else one
        for one in hostile.messages()
    ]
    found = []
    for program, name in (("klaviyo-loader", f"twice_{quick}"), (STANDARD, f"standard_{quick}")):
        settings = {} if program == STANDARD else {"quick": quick}
        for _ in range(2):
            done = load(database, tmp_path, name, lines(messages), program, **settings)
            assert done.status == 0, done.log[-3000:]
        found.append(tables(database, name))
    ours, standard = found
    assert ours.keys() == standard.keys()
    assert [name for name in ours if ours[name] != standard[name] and name != "keyless"] == []
