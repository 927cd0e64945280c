"""One Postgres for the loader's tests; every run has a schema of its own."""

from collections.abc import Iterator

import pytest

from sandbox import Postgres
from tests.conftest import Database


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with Postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        yield postgres


@pytest.fixture(scope="session")
def database(postgres: Postgres) -> Database:
    return Database(postgres.env)
