"""Every public cell is what a second program works out from docs/metrics.md."""

import copy
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.builds import contents
from tests.recomputed.brand import Brand
from tests.recomputed.compare import Comparison
from tests.recomputed.inventing import Inventor
from tests.recomputed.raw import make_tables, write
from tests.recomputed.reading import Reader
from tests.recomputed.reports import report
from tests.recomputed.tables import compare

# Invented brands are small.
VARS = ("--vars", "{health_minimum_delivered: 100}")
BUILD = ("build", "--exclude-resource-type", "test", "unit_test", *VARS)
# What is rebuilt for some days only, and rests on days that are not; and what follows from it.
FROM_SCRATCH = (
    "run", "--full-refresh", *VARS, "--select", "path:models/intermediate/windows",
    "path:models/intermediate/judgement", "rolling_client_metrics", "metric_anomalies",
)  # fmt: skip
# Days of history of a seed's brands; one of a build's brands has a year to compare with.
LENGTHS = (110, 45, 45, 20)
A_YEAR = (400, 45)


def invent(seed: int, lengths: Iterable[int] = LENGTHS) -> list[Reader]:
    dice = random.Random(seed)  # noqa: S311 - a dice, not a secret
    return [
        Reader(Inventor(f"S{seed}B{number}", dice, days).invent(), dice)
        for number, days in enumerate(lengths)
    ]


def first_seen(brand: Brand) -> Brand:
    """A brand as it was after its first reading."""
    found = copy.deepcopy(brand)
    found.currencies = found.currencies[:1]
    return found


def _check(server: Any, dbt: Callable[..., str], readers: list[Reader], name: str) -> Comparison:
    """Read the brands twice, building after each time, and hold every cell against its twin."""
    server.execute(f'drop database if exists "{name}"')
    server.execute(f'create database "{name}"')
    database = type(server)({**server.env, "PGDATABASE": name})
    make_tables(database.dsn)
    dice = random.Random(name)  # noqa: S311 - a dice, not a secret
    before = []
    for phase in (1, 2):
        for reader in readers:
            reader.read(phase)
        if phase == 1:
            before = [first_seen(reader.brand) for reader in readers]
        else:
            for reader in readers:
                report(reader.brand, dice)
        write(database.dsn, readers, phase)
        dbt(database, *BUILD)
    found = compare(database, [reader.brand for reader in readers], before)
    assert not found.wrong, "\n".join(found.wrong[:30])
    incremental = contents(database)
    dbt(database, *FROM_SCRATCH)
    whole = contents(database)
    assert not [table for table in whole if whole[table] != incremental[table]]
    return found


def test_every_public_cell_is_what_the_document_says(server, dbt):
    readers = [*invent(1, A_YEAR), *invent(2), *invent(11, LENGTHS[:1])]
    found = _check(server, dbt, readers, "recomputed")
    assert min(found.cells.values()) >= 50
    assert sum(found.cells.values()) > 300_000
    assert {kind for kind, _ in found.kinds} == {"day", "week", "month", "decline"}
    assert {unit for _, unit in found.kinds} == {"count", "money", "ratio"}


@pytest.mark.soak
@pytest.mark.parametrize("ten", range(20))
def test_every_public_cell_is_what_the_document_says_of_200_worlds(server, dbt, ten, capsys):
    seeds = range(100 + 10 * ten, 110 + 10 * ten)
    readers = [one for seed in seeds for one in invent(seed, A_YEAR if seed % 10 == 0 else LENGTHS)]
    found = _check(server, dbt, readers, f"recomputed{ten}")
    with capsys.disabled():
        print(f"\n{sum(found.cells.values()):,} cells, anomalies: {dict(found.kinds)}")  # noqa: T201
