"""Words to avoid in what people read, with better ones. Code and names are not checked."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.pipeline import ROOT

BETTER = {
    r"nobody|somebody|whoever|everybody|anybody": "name who it is, or use the passive",
    r"anew|read\sagain": "again, re-read",
    r"at\sonce": "immediately, or concurrently",
    r"beside|side\sby\sside": "next to, concurrently",
    r"departures?": "unsubscribes",
    r"e-mails?": "email",
    r"texts|text\smessages?": "SMS",
    r"moments?": "timestamp",
    r"out\sof\sline": "anomaly",
    r"pretend": "mock",
    r"broke\soff|breaks\soff": "was interrupted",
    r"(may|must)\s(not\s)?be\ssummed": "additive, in the column's metadata",
    r"(table|model|column|channel|day|sum)s?\s(knows?|says?|tells?|meets?)": "has, names",
}
HEADING = re.compile(r"^#+ (What|Who|When|Which) .*(?<!\?)$", flags=re.MULTILINE)
COMMENT = re.compile(r"(?:^|\s)# (.*)", flags=re.MULTILINE)
WIDTH = 100


def _tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns],  # noqa: S607
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


# docs/metrics.md is generated from transform/introduction.md and descriptions of the models, of
# which transform/models/docs.md is a part.
DOCUMENTS = [
    ROOT / name
    for name in _tracked("*.md", ".env.example")
    if name not in {"docs/metrics.md", "transform/models/docs.md"}
]
PROGRAMS = [name for name in _tracked("*.py") if name != "tests/test_english.py"]
MODELS = _tracked("transform/*.yml")
QUERIES = _tracked("*.sql")
every_document = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def _prose(text: str) -> str:
    """The text without code."""
    return re.sub(r"^ *```.*?^ *```|`[^`]*`", "", text, flags=re.DOTALL | re.MULTILINE)


def _found(text: str) -> dict[str, str]:
    return {
        hit[0]: better
        for words, better in BETTER.items()
        for hit in re.finditer(rf"\b({words})\b", _prose(text), flags=re.IGNORECASE)
    }


@every_document
def test_documents_use_plain_technical_english(path: Path):
    assert not _found(path.read_text())


def _documented(source: str) -> Iterator[str]:
    """The comments and docstrings of a program."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def test_comments_and_docstrings_use_plain_technical_english():
    found = {name: _found("\n\n".join(_documented((ROOT / name).read_text()))) for name in PROGRAMS}
    assert {name: words for name, words in found.items() if words} == {}


def _descriptions(node: Any) -> Iterator[str]:
    """All descriptions in a parsed YAML file."""
    if isinstance(node, dict):
        yield from (str(text) for key, text in node.items() if key == "description")
    if isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _descriptions(child)


def test_descriptions_and_comments_of_models_use_plain_technical_english():
    texts = {name: (ROOT / name).read_text() for name in MODELS}
    found = {
        name: _found("\n\n".join([*_descriptions(yaml.safe_load(text)), *COMMENT.findall(text)]))
        for name, text in texts.items()
    }
    found["transform/models/docs.md"] = _found((ROOT / "transform/models/docs.md").read_text())
    assert {name: words for name, words in found.items() if words} == {}


def _commented(query: str) -> Iterator[str]:
    """The comments of SQL and of its Jinja, each of them as one text."""
    for comment in re.findall(r"\{#.*?#\}|--[^\n]*(?:\n\s*--[^\n]*)*", query, flags=re.DOTALL):
        yield re.sub(r"\n\s*--", " ", comment)


def test_comments_of_queries_use_plain_technical_english():
    found = {name: _found("\n\n".join(_commented((ROOT / name).read_text()))) for name in QUERIES}
    assert {name: words for name, words in found.items() if words} == {}


@every_document
def test_a_heading_names_its_subject(path: Path):
    assert not [hit[0] for hit in HEADING.finditer(_prose(path.read_text()))]


@every_document
def test_prose_is_wrapped_at_one_width(path: Path):
    text = re.sub(r"^ *```.*?^ *```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    lines = [line for line in text.splitlines() if not line.startswith(("|", "#", "    ", "TAP_"))]
    assert not [line for line in lines if len(line) > WIDTH]


def test_words_are_found_in_prose_and_not_in_code():
    assert _found("Nobody reads it anew: the table\nknows `e-mails` beside texts.").keys() == {
        *("Nobody", "anew", "table\nknows", "beside", "texts")
    }
