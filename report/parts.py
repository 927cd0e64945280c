"""What a report is made of, in a form that its template can set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Against:
    """A change against another period; `tone` is `good`, `bad` or nothing."""

    change: str
    words: str
    tone: str


@dataclass(frozen=True)
class Tile:
    """A number that stands out."""

    name: str
    value: str
    against: list[Against]


@dataclass(frozen=True)
class Tiles:
    """Numbers in a row."""

    tiles: list[Tile]
    kind: ClassVar[str] = "tiles"


@dataclass(frozen=True)
class Texts:
    """Sentences, one to a bullet."""

    texts: list[str]
    kind: ClassVar[str] = "list"


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    text: str
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Note:
    """A sentence in small print."""

    text: str
    kind: ClassVar[str] = "note"


@dataclass(frozen=True)
class Chart:
    """A chart with its title."""

    title: str
    svg: str
    kind: ClassVar[str] = "chart"


@dataclass(frozen=True)
class Item:
    """Something to look at, and what to do about it."""

    what: str
    advice: str


@dataclass(frozen=True)
class Items:
    """What to look at next."""

    items_: list[Item]
    kind: ClassVar[str] = "next"


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    title: str
    is_number: bool = True


@dataclass(frozen=True)
class Cell:
    """A cell: its text, small print under it, and how it is set off."""

    text: str
    under: str = ""
    tone: str = ""
    badge: str = ""


@dataclass(frozen=True)
class TableRow:
    """A row of a table; a part belongs to the row above."""

    cells: list[Cell]
    is_part: bool = False


@dataclass(frozen=True)
class Table:
    """A table."""

    columns: list[Column]
    rows: list[TableRow]
    kind: ClassVar[str] = "table"


Part = Tiles | Texts | Heading | Note | Chart | Items | Table


@dataclass(frozen=True)
class Section:
    """A section of a report."""

    name: str
    title: str
    parts: list[Part] = field(default_factory=list)
