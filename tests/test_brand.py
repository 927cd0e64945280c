"""`make brand`: a client more is a name and a key, and a wrong one changes nothing."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from dotenv import dotenv_values

from demo.pipeline import OURS, ROOT
from sandbox import Sandbox, World
from tests.conftest import Run

ACCOUNTS = "TAP_KLAVIYO_ACCOUNTS"


@pytest.fixture(scope="module")
def shops() -> Iterator[Sandbox]:
    with Sandbox(World.invent(clients=("acme", "koala", "nord")), rate_factor=100) as sandbox:
        yield sandbox


@dataclass
class Desk:
    """Adds clients to settings of its own, which begin with those of `.env.example`."""

    file: Path
    shops: Sandbox

    def key(self, client: str) -> str:
        return next(a["api_key"] for a in self.shops.accounts if a["client"] == client)

    def add(self, client: str, key: str, *arguments: str, answer: str = "", **more: str) -> Run:
        """Run the command; the key comes from a file, the answer from standard input."""
        path = self.file.with_name("key")
        path.write_text(f"{key}\n")
        env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        done = subprocess.run(
            [sys.executable, "-m", "brand", f"--env-file={self.file}", f"--client={client}",
             f"--key-file={path}", *arguments],
            cwd=ROOT, env={**env, "TAP_KLAVIYO_API_URL": self.shops.api_url, **more},
            input=answer, capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip
        assert key not in done.stdout + done.stderr
        return Run(done.returncode, done.stdout + done.stderr)

    @property
    def accounts(self) -> list[dict[str, str]]:
        return json.loads(dotenv_values(self.file)[ACCOUNTS] or "")


@pytest.fixture
def desk(shops, tmp_path) -> Desk:
    file = tmp_path / "env"
    file.write_text((ROOT / ".env.example").read_text())
    file.chmod(0o600)
    return Desk(file, shops)


def test_the_first_client_takes_the_place_of_the_examples_and_nothing_else_changes(desk):
    before = desk.file.read_text()
    run = desk.add("acme", desk.key("acme"), "--yes")
    assert run.status == 0, run.log
    assert desk.accounts == [{"client": "acme", "api_key": desk.key("acme")}]
    [changed] = set(before.splitlines()) - set(desk.file.read_text().splitlines())
    assert changed.startswith(ACCOUNTS)
    assert desk.file.stat().st_mode & 0o777 == 0o600


def test_it_says_whose_key_it_is_and_what_it_lacks(desk, shops):
    shops.deny_scope("nord", "forms:read")
    run = desk.add("nord", desk.key("nord"), "--yes")
    assert run.status == 0, run.log
    assert f"account {shops.world.accounts['nord'].id}" in run.log
    assert "attention: key of nord, forms:read" in run.log
    assert "form_version_series" not in run.log


def test_the_requests_that_it_foretells_are_those_of_the_first_run(desk, shops, tmp_path):
    told = desk.add("koala", desk.key("koala"), "--yes").log
    entry = {"client": "koala", "api_key": desk.key("koala")}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"accounts": [entry], "api_url": shops.api_url}))
    shops.requests.clear()
    command = [f"{Path(sys.executable).parent}/tap-klaviyo", f"--config={config}"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=180)
    sent = Counter(request.path.rpartition("/")[2] for request in shops.requests)
    found = re.findall(r"^  (\w+): ([\d,]+) requests", told, flags=re.MULTILINE)
    foretold = {stream: int(number.replace(",", "")) for stream, number in found}
    # A quarter whose values come in two pages takes one more.
    assert sent["campaign-values-reports"] - foretold.pop("campaign_values") in (0, 1)
    assert foretold == {
        "metric_aggregates": sent["metric-aggregates"],
        "flow_series": sent["flow-series-reports"],
        "form_version_series": sent["form-series-reports"],
        "segment_series": sent["segment-series-reports"],
    }


def test_a_second_client_joins_the_first_whatever_its_name_is_made_of(desk):
    desk.add("acme", desk.key("acme"), "--yes")
    name = "O'Neill's \"Ü\" \\ $HOME"
    run = desk.add(name, desk.key("koala"), "--yes")
    assert run.status == 0, run.log
    assert [entry["client"] for entry in desk.accounts] == ["acme", name]
    sourced = subprocess.run(["/bin/sh", "-c", f". {desk.file}"], capture_output=True, check=False)
    assert sourced.returncode == 0, sourced.stderr


@pytest.mark.parametrize(
    ("client", "key_of", "words"),
    [
        ("acme", "koala", "acme more than once"),
        ("other", "acme", "which acme already has"),
        ("new", "", "401"),
        (" ", "koala", "has no client"),
    ],
)
def test_a_wrong_name_or_key_changes_nothing_and_says_why(client, key_of, words, desk):
    desk.add("acme", desk.key("acme"), "--yes")
    before = desk.file.read_text()
    run = desk.add(client, desk.key(key_of) if key_of else "pk_unknown", "--yes")
    assert run.status == 1
    assert words in run.log
    assert "Traceback" not in run.log
    assert desk.file.read_text() == before


@pytest.mark.parametrize("answer", ["", "n\n", "\n"])
def test_nothing_is_written_without_a_yes(answer, desk):
    before = desk.file.read_text()
    run = desk.add("acme", desk.key("acme"), answer=answer)
    assert run.status == 1
    assert "Nothing was written" in run.log
    assert desk.file.read_text() == before
    assert desk.add("acme", desk.key("acme"), answer="y\n").status == 0


def test_accounts_in_a_file_of_their_own_are_added_to_there(desk, tmp_path):
    secret = tmp_path / "accounts.json"
    secret.write_text(json.dumps([{"client": "acme", "api_key": desk.key("acme")}]))
    secret.chmod(0o640)
    run = desk.add("koala", desk.key("koala"), "--yes", TAP_KLAVIYO_ACCOUNTS_FILE=str(secret))
    assert run.status == 0, run.log
    assert [entry["client"] for entry in json.loads(secret.read_text())] == ["acme", "koala"]
    assert secret.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({ACCOUNTS: "[]"}, "set in the environment"),
        ({ACCOUNTS: "[{]"}, "not a JSON list"),
        ({"TAP_KLAVIYO_API_KEY": "pk_single"}, "move that key"),
    ],
)
def test_settings_that_it_cannot_add_to_are_named_and_left_alone(more, words, desk):
    before = desk.file.read_text()
    run = desk.add("acme", desk.key("acme"), "--yes", **more)
    assert run.status == 1
    assert words in run.log
    assert desk.file.read_text() == before


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_lost(desk, tmp_path):
    missing = tmp_path / "none" / "accounts.json"
    run = desk.add("acme", desk.key("acme"), "--yes", TAP_KLAVIYO_ACCOUNTS_FILE=str(missing))
    assert run.status == 1
    assert str(missing.parent) in run.log
    assert "Traceback" not in run.log
