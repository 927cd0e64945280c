"""Exchange rates renewed from the European Central Bank's published file."""

import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fx.__main__ import main
from tests.builds import Build, copy_of_project

# As the bank writes it: newest first, a comma at the end, N/A where there was no rate.
PUBLISHED = """\
Date,USD,JPY,RUB,DKK,
2026-11-27,1.0812,163.5,N/A,7.4581,
2026-11-26,1.0800,163.2,N/A,7.4590,
2023-01-02,1.0683,140.66,N/A,7.4364,
2022-12-30,1.0666,140.66,N/A,7.4365,
2022-12-01,1.0454,142.78,N/A,7.4371,
2022-03-01,1.1162,128.44,117.201,7.4385,
"""
SEED = """\
currency,valid_from,euros_per_unit
EUR,2000-01-01,1
USD,2000-01-01,0.92
RUB,2000-01-01,0.01
AED,2000-01-01,0.25
"""
RENEWED = """\
currency,valid_from,euros_per_unit
EUR,2000-01-01,1
USD,2022-03-01,0.8958967927
USD,2022-12-01,0.9565716472
USD,2023-01-02,0.9360666479
USD,2026-11-26,0.9259259259
USD,2026-11-27,0.9248982612
RUB,2022-03-01,0.008532350407
AED,2000-01-01,0.25
"""


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "fx_rates.csv"
    path.write_text(SEED)
    return path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Where the published archive can be had."""
    (tmp_path / "web").mkdir()
    with zipfile.ZipFile(tmp_path / "web/eurofxref-hist.zip", "w") as archive:
        archive.writestr("eurofxref-hist.csv", PUBLISHED)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "web"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _renew(seed: Path, source: object, *more: str) -> int:
    return main([str(source), f"--seed={seed}", *more])


def test_a_published_file_becomes_the_seed(seed, served, capsys):
    assert _renew(seed, f"{served}/eurofxref-hist.zip") == 0
    assert seed.read_text() == RENEWED
    said = capsys.readouterr().out
    assert "8 rates. The newest rate is of 2026-11-27" in said
    assert "RUB has no rate after 2022-03-01" in said
    assert _renew(seed, f"{served}/eurofxref-hist.zip") == 0
    assert seed.read_text() == RENEWED


def test_a_file_on_disk_will_do_and_days_can_be_chosen(seed, tmp_path):
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text(PUBLISHED)
    assert _renew(seed, file, "--since=2022-12-15") == 0
    days = [line.split(",")[1] for line in seed.read_text().splitlines() if line[:3] == "USD"]
    assert days == ["2022-03-01", "2022-12-01", "2022-12-30", "2023-01-02", "2026-11-26",
                    "2026-11-27"]  # fmt: skip


@pytest.mark.parametrize("path", ["nothing.zip", ""])
def test_without_the_file_the_age_of_the_rates_is_told(seed, served, capsys, path):
    source = f"{served}/{path}" if path else "http://127.0.0.1:9/eurofxref-hist.zip"
    seed.write_text(RENEWED)
    assert _renew(seed, source) == 1
    days = (date.today() - date(2026, 11, 27)).days  # noqa: DTZ011 - in UTC or a day off
    said = capsys.readouterr().err
    assert "Nothing was written. The newest rate is of 2026-11-27, " in said
    assert any(f"{days + off} days ago" in said for off in (-1, 0, 1))
    assert seed.read_text() == RENEWED


def test_an_older_file_changes_nothing(seed, tmp_path, capsys):
    seed.write_text(RENEWED)
    older = tmp_path / "older.csv"
    older.write_text("".join(PUBLISHED.splitlines(keepends=True)[:1] +
                             PUBLISHED.splitlines(keepends=True)[2:]))  # fmt: skip
    assert _renew(seed, older) == 1
    assert "The file ends on 2026-11-26" in capsys.readouterr().err
    assert seed.read_text() == RENEWED


@pytest.mark.parametrize(
    "contents",
    [
        "", "<html>Moved</html>", "Date, USD, JPY\n27 November 2026, 1.08, 163.5\n",
        "Date,USD,\n2026-11-27,0,\n", "Date,USD,\n2026-11-27,many,\n", "Date,USD,\n2026-11-27,\n",
        "Date,USD,\n2026-11-27,1.08,9,9\n",
    ],
)  # fmt: skip
def test_another_file_is_refused(seed, tmp_path, capsys, contents):
    other = tmp_path / "other"
    other.write_text(contents)
    assert _renew(seed, other) == 1
    assert "not the ECB's file" in capsys.readouterr().err
    assert seed.read_text() == SEED


def test_old_rates_in_use_are_told_by_the_build(loaded, server, tmp_path):
    original = loaded.project.database.env["PGDATABASE"]
    server.execute(f'create database "old_rates" template "{original}"')
    database = replace(server, env={**server.env, "PGDATABASE": "old_rates"})
    today = date.today()  # noqa: DTZ011 - a margin of days
    # No account is in kronor of Sweden.
    rates = {"USD": 30, "DKK": 40, "AUD": 30, "SEK": 400}
    rows = [f"{one},{today - timedelta(days=age)},0.5" for one, age in rates.items()]
    seed = "\n".join(["currency,valid_from,euros_per_unit", "EUR,2000-01-01,1", *rows, ""])
    build = Build(database.env, tmp_path, copy_of_project(tmp_path, fx_rates=seed))
    said = build.succeed("build", "--select", "fx_rates")
    assert "WARN 1 exchange_rates_are_at_most_35_days_old" in said
