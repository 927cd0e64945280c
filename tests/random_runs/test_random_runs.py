"""Whatever happens between and during its runs, the tap loses nothing and doubles nothing."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.random_runs.runs import Runs
from tests.random_runs.story import Story
from tests.random_runs.targets import Memory, Postgres


def live(seed: int, steps: int, folder, target) -> Counter:
    """Live through a story, comparing the tables after every run that came to its end."""
    story = Story(seed)
    with story.sandbox:
        runs = Runs(story, target, folder)
        for _ in range(steps):
            story.go_on(target.state)
            while story.random.random() < 1 / 3:
                runs.run(is_killed=True)
                story.wait(timedelta(minutes=5))
            hit = story.trouble()
            runs.run()
            story.sandbox.heal()
            runs.check(hit)
            story.counts["step"] += 1
        runs.settle()
    return story.counts


@pytest.mark.parametrize("seed", [1, 2])
def test_after_whatever_happened_the_tables_equal_the_truth(seed, tmp_path):
    counts = live(seed, 3, tmp_path, Memory())
    assert counts["comparison"] >= 8


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 112))
def test_after_much_that_happened_the_tables_equal_the_truth(seed, tmp_path, capsys):
    counts = live(seed, 20, tmp_path, Memory())
    assert counts["day left out"] > 0
    with capsys.disabled():
        print(f"\nseed {seed}:", ", ".join(f"{n} {what}" for what, n in counts.most_common()))  # noqa: T201


@pytest.mark.soak
@pytest.mark.parametrize("seed", [201, 202])
def test_after_whatever_happened_postgres_equals_the_truth(seed, server, tmp_path, capsys):
    name = f"random_{seed}"
    server.execute(f"create database {name}")
    counts = live(seed, 5, tmp_path, Postgres({**server.env, "PGDATABASE": name}, tmp_path))
    with capsys.disabled():
        print(f"\nseed {seed}:", ", ".join(f"{n} {what}" for what, n in counts.most_common()))  # noqa: T201
