"""A page as a PDF on A4, printed by the Chromium that the preview brings."""

from __future__ import annotations

import tempfile
from pathlib import Path

from grafana.preview.browser import Browser
from grafana.preview.npm import BROWSER


class NoBrowserError(RuntimeError):
    """There is no browser; says how to get one."""


def print_page(page: str) -> bytes:
    """Print an HTML page.

    Raises:
        NoBrowserError: Chromium is not installed.
    """
    if not (BROWSER / "chromium").exists():
        message = f"{BROWSER} has no browser: say `make .ready/browser` first."
        raise NoBrowserError(message)
    with tempfile.TemporaryDirectory() as folder, Browser(BROWSER) as browser:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        browser.open(path.as_uri())
        browser.wait_for("document.readyState === 'complete'")
        browser.ask("document.fonts.ready.then(() => document.fonts.size)")
        return browser.pdf()
