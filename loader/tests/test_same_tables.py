"""Whatever the messages are, the tables are those of the standard target."""

import pytest

from loader.tests import hostile
from loader.tests.loading import STANDARD, lines, load, tables
from tests.conftest import Database
from tests.older_postgres import older_postgres

MESSAGES = lines(hostile.messages())
ROWS = {"plain", "keyless", "moments", "number_keys", "types", "open", "only_keys"}


@pytest.fixture(scope="module")
def standard(database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("standard")
    done = load(database, folder, "standard", MESSAGES, STANDARD)
    assert done.status == 0, done.log[-3000:]
    return tables(database, "standard")


@pytest.mark.parametrize("rows", [7, 50_000])
def test_hostile_content_is_stored_as_the_standard_target_stores_it(
    rows, standard, database, tmp_path
):
    schema = f"ours_{rows}"
    done = load(database, tmp_path, schema, MESSAGES, batch_size_rows=rows)

    assert done.status == 0, done.log[-3000:]
    assert done.states == [{"a": 2}]
    ours = tables(database, schema)
    assert ours.keys() == standard.keys() == ROWS
    for name, table in standard.items():
        assert ours[name] == table, name


def test_an_older_postgres_stores_the_same(standard, tmp_path):
    with older_postgres() as env:
        database = Database(env)
        done = load(database, tmp_path, "ours", MESSAGES, batch_size_rows=100)
        assert done.status == 0, done.log[-3000:]
        assert tables(database, "ours") == standard
