"""What the tap is compared with: one connection, one page of 1,000 after another."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone

import requests


def main(url: str) -> None:
    """Read a year of events and write them as JSON lines."""
    until = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(minutes=1)
    bounds = (until - timedelta(days=364), until)
    start, end = (moment.isoformat().replace("+00:00", "Z") for moment in bounds)
    session = requests.Session()
    session.headers["Authorization"] = "Klaviyo-API-Key pk_bench-A0"
    params: dict[str, str] | None = {
        "filter": f"greater-or-equal(datetime,{start}),less-than(datetime,{end})",
        "page[size]": "1000",
    }
    following: str | None = f"{url}/events"
    while following:
        page = session.get(following, params=params, timeout=60).json()
        for event in page["data"]:
            sys.stdout.write(json.dumps(event) + "\n")
        following, params = page["links"]["next"], None


if __name__ == "__main__":
    main(sys.argv[1])
