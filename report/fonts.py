"""The fonts of a report, as CSS that holds the files: only those whose characters occur."""

from __future__ import annotations

import base64
import itertools
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The name in the style sheet, the folder, the files by their part of `unicode.json`, and weights. A
# PDF would hold a variable font as drawings of its letters, so each weight is a font of its own.
_FONTS = (
    ("Report", "inter", "inter-{part}-{weight}-normal.woff2", (400, 600, 700)),
    ("Report Emoji", "noto-emoji", "noto-emoji-{part}-{weight}-normal.woff2", (400,)),
)


class FontsError(RuntimeError):
    """The fonts are not installed; says how to do that."""


def css(folder: Path, text: str) -> str:
    """Font faces for a text.

    Args:
        folder: Where `make` unpacks fonts.
        text: Every character that will be shown.

    Raises:
        FontsError: They are not there.
    """
    points = {ord(one) for one in text}
    try:
        return "".join(_faces(folder, points))
    except OSError as error:
        message = f"The fonts are not installed ({error}): say `make .ready/browser` first."
        raise FontsError(message) from error


def _faces(folder: Path, points: set[int]) -> Iterator[str]:
    for family, name, file, weights in _FONTS:
        ranges = json.loads((folder / name / "unicode.json").read_text())
        needed = {part: text for part, text in ranges.items() if points & _points(text)}
        for part, weight in itertools.product(needed, weights):
            path = folder / name / file.format(part=part.strip("[]"), weight=weight)
            data = base64.b64encode(path.read_bytes()).decode()
            yield (
                f'@font-face{{font-family:"{family}";font-weight:{weight};'
                f"unicode-range:{needed[part]};src:url(data:font/woff2;base64,{data})}}"
            )


def _points(covered: str) -> set[int]:
    """The characters of a `unicode-range`."""
    found: set[int] = set()
    for one in covered.upper().replace("U+", "").split(","):
        first, _, last = one.strip().partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found
