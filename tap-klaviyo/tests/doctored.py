"""Responses that a test makes up for acme, item by item."""

from datetime import datetime, timedelta, timezone

NOW = datetime.now(timezone.utc).replace(microsecond=0)
LAST_WEEK = (NOW - timedelta(days=4)).isoformat()
YESTERDAY = (NOW - timedelta(days=1)).isoformat()
GONE = {"errors": [{"status": 404, "detail": "does not exist"}]}
REFUSED = {"errors": [{"status": 400, "detail": "has no messages", "source": {"parameter": "id"}}]}


def answer(sandbox, path: str, *items: dict, included: tuple[dict, ...] = (), times=None) -> None:
    """Let acme's endpoint answer with these items; what it listed before is not there any more."""
    body = {"data": list(items), "included": list(included), "links": {"next": None}}
    sandbox.fault(path, client="acme", status=200, body=body, times=times)


def item(name: str, **attributes: object) -> dict:
    dates = dict.fromkeys(("created", "updated", "created_at", "updated_at"), LAST_WEEK)
    return {"id": name, "attributes": {"name": name, **dates, **attributes}}


def rows(sync, stream: str, account_id) -> list[str]:
    return sorted(record["id"] for record in sync.of(stream, account_id("acme")))
