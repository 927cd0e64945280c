"""A report as one HTML page that needs no other file."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grafana.preview.npm import BROWSER
from report import fonts, health, sections
from report.parts import Section
from report.plan import PlanError
from report.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from report.facts import Facts
    from report.parts import Part
    from report.plan import Plan

_HERE = Path(__file__).parent
_LOGOS = _HERE / "logos"
_KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg",
          ".jpeg": "image/jpeg"}  # fmt: skip
_SECTIONS: dict[str, Callable[[Facts, Words, str], Iterator[Part]]] = {
    "summary": sections.first,
    "revenue": sections.revenue,
    "attribution": sections.attribution,
    "campaigns": sections.campaigns,
    "flows": sections.flows,
    "deliverability": health.deliverability,
    "audience": sections.audience,
    "next": health.what_next,
    "definitions": sections.definitions,
}


@dataclass(frozen=True)
class Page:
    """What the template sets."""

    language: str
    client: str
    title: str
    period: str
    colour: str
    logo: str | None
    sections: list[Section]


def render(facts: Facts, plan: Plan) -> str:
    """The page.

    Raises:
        PlanError: The logo cannot be read.
        FontsError: The fonts are not installed.
    """
    words = Words(plan.language, facts.account["locale"])
    page = Page(
        language=plan.language,
        client=name_of(facts),
        title=words("title"),
        period=words.period(facts.period),
        colour=plan.colour,
        logo=_logo(plan),
        sections=[
            Section(name, words(f"section_{name}"), parts)
            for name, make in _SECTIONS.items()
            if name in plan.sections and (parts := list(make(facts, words, plan.colour)))
        ],
    )
    style = (_HERE / "style.css").read_text(encoding="utf-8")
    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined
    ).get_template("page.html.j2")
    footer = f"{page.client} · {page.title} · {page.period}"
    given = {"page": page, "style": style, "footer": _in_css(footer)}
    shown = made.render(**given, fonts="")
    return made.render(**given, fonts=fonts.css(BROWSER / "fonts", shown))


def name_of(facts: Facts) -> str:
    """The client's name as people read it."""
    name: str = facts.account["organization_name"] or facts.account["client"]
    return name


def _logo(plan: Plan) -> str | None:
    if not plan.logo:
        return None
    path = _LOGOS / Path(plan.logo).name
    try:
        data = base64.b64encode(path.read_bytes()).decode()
        return f"data:{_KINDS[path.suffix.lower()]};base64,{data}"
    except (OSError, KeyError):
        message = f"client_reports, {plan.client}: {path} is not there, or no SVG, PNG or JPEG."
        raise PlanError(message) from None


def _in_css(text: str) -> str:
    """A text within quotes of a style sheet, whatever is in it."""
    return "".join(one if one.isalnum() else f"\\{ord(one):x} " for one in text)
