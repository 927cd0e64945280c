"""How the fake Grafana refuses."""


class Refused(Exception):
    """Answer with this status and message."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def there(things, uid):
    """One of the things, or Grafana's 404."""
    if uid not in things:
        raise Refused(404, "not found")
    return things[uid]


def only(body, allowed):
    """Refuse a body with other fields."""
    if unknown := set(body) - allowed:
        raise Refused(400, f"unknown field {sorted(unknown)}")
