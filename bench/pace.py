"""A first run held up by Klaviyo's limits alone: `python -m bench.pace [few]`.

Three accounts with 35 series of aggregates each; every request takes 150 ms. The limits are
announced in the form that Klaviyo really sends, as a bare number, as rubbish, and not at all.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.daily import STREAMS
from bench.limits import FORMS
from bench.run import klaviyo, measure, seen, tap_command

ACCOUNTS, SERIES = 3, 35


def main(*, few: bool) -> None:
    """Measure and print."""
    print(f"{'limits announced as':<22}{'seconds':>9}{'least':>7}{'ratio':>7}{'429s':>6}")
    for form in FORMS[:1] if few else FORMS:
        with (
            klaviyo(events=1_000, latency=0.15, metrics=SERIES, limits=form) as url,
            tempfile.TemporaryDirectory() as folder,
        ):
            run = measure(tap_command(Path(folder), url, ACCOUNTS, STREAMS), url, 0)
            least = seen(url)["least_seconds"]
        ratio = run.seconds / least
        print(f"{form:<22}{run.seconds:>9.1f}{least:>7.0f}{ratio:>7.2f}{run.refused:>6}")


if __name__ == "__main__":
    main(few=sys.argv[1:] == ["few"])
