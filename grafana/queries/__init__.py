"""The SQL of panels and filters, one query per file: `<dashboard>/<panel>.sql`."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def read(name: str) -> str:
    """The text of a query by its name, such as `client/store_revenue`."""
    return (FOLDER / f"{name}.sql").read_text().strip()
