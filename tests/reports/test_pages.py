"""Every number on a page is true, and none of them is another client's."""

import base64
import html
import random
import re
import string
from datetime import timedelta

import psycopg
import pytest
from pypdf import PdfReader

from demo.pipeline import ROOT
from report.facts import read
from report.page import render
from report.periods import Period, PeriodError
from report.plan import Plan
from report.words import strings

from .truths import numbers, written

NAMES = """
select campaign_name as name from analytics.campaign_metrics where client = %(client)s
union select subject from analytics.campaign_metrics where client = %(client)s
union select flow_name from analytics.flow_metrics where client = %(client)s
"""
PLAN = {
    "recipients": None, "slack_webhook_env": None, "sections": None, "cadence": "month",
    "colour": "#1f5fbf",
}  # fmt: skip
CLIENTS = ("acme", "nord", "koala")


def _names(database, client):
    return [row["name"] for row in database.rows(NAMES, client=client)]


def _text(path):
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


@pytest.mark.parametrize(
    ("client", "kind", "language"),
    [("acme", "month", "en"), ("nord", "month", "de"), ("koala", "week", "en")],
)
def test_every_number_in_the_pdf_is_true(reports, world, client, kind, language):
    """And the page is A4, with its fonts embedded, and needs no other file."""
    period = reports.last_whole(client, kind)
    run = reports.run(f"--client={client}", f"--period={period}")
    assert run.status == 0, run.log
    path = reports.folder / f"{client}/{client}-{period}.pdf"
    _check_form(PdfReader(path), path.with_suffix(".html").read_text())
    text = _text(path)
    expected = numbers(reports.database.rows, world.truth, client, period, language)
    found = written(text, _names(reports.database, client))
    assert [one for one in found if one not in expected.allowed] == []
    assert expected.needed - set(found) == set()
    assert len(found) > 100


def _check_form(reader, page):
    sizes = {tuple(round(float(side)) for side in one.mediabox[2:]) for one in reader.pages}
    assert sizes == {(595, 842)}
    drawn = [
        font.get_object() for one in reader.pages for font in one["/Resources"]["/Font"].values()
    ]
    names = {font["/BaseFont"].partition("+")[2] for font in drawn if "/BaseFont" in font}
    assert names == {"Inter-Regular", "Inter-SemiBold", "Inter-Bold"}
    assert 'src="http' not in page
    assert page.count("url(") == page.count("url(data:") + page.count("url(#")


def _rendered(session, client, period, language, account_of):
    plan = Plan.of({**PLAN, "client": client, "language": language, "logo": f"{client}.svg"})
    facts = read(session, "analytics", client, period)
    assert facts.account["account_id"] == account_of[client]
    return render(facts, plan)


def _isolated(database, pairs, dice):
    accounts = database.rows("select client, account_id from analytics.clients")
    account_of = {row["client"]: row["account_id"] for row in accounts}
    periods = database.rows(
        "select distinct client, period, period_start from analytics.report_facts "
        "where is_complete order by 1, 2, 3"
    )
    with psycopg.connect(database.dsn, autocommit=True) as session:
        for _ in range(pairs):
            row, language = dice.choice(periods), dice.choice(["en", "de"])
            client, period = row["client"], Period(row["period_start"], row["period"])
            page = _rendered(session, client, period, language, account_of)
            other = dice.choice([one for one in CLIENTS if one != client])
            yield client, other, page, account_of[other], period, language


def _shown(page):
    """The words of a page, as a reader of the HTML sees them."""
    body = page.partition("</head>")[2]
    return html.unescape(re.sub(r"<[^>]+>", "\n", re.sub(r'aria-label="[^"]*"', "", body)))


def _check_isolation(database, world, pairs, seed):
    dice = random.Random(seed)  # noqa: S311 - a dice, not a secret
    allowed = {}
    for client, other, page, account, period, language in _isolated(database, pairs, dice):
        brand = world.accounts[other].brand
        logo = base64.b64encode((ROOT / f"report/logos/{other}.svg").read_bytes()).decode()
        assert not [one for one in (brand.organization, account, logo) if one in page]
        key = (client, period, language)
        if key not in allowed:
            allowed[key] = numbers(database.rows, world.truth, client, period, language).allowed
        found = written(_shown(page), _names(database, client))
        assert [one for one in found if one not in allowed[key]] == [], (client, period)


def test_no_page_shows_anything_of_another_client(copied, world):
    _check_isolation(copied, world, 6, 1)


@pytest.mark.soak
def test_no_page_of_200_random_pairs_shows_anything_of_another_client(copied, world):
    _check_isolation(copied, world, 200, 2)


def test_every_text_has_the_same_places_for_values_in_every_language():
    places = {
        name: {tuple(sorted(field for _, field, _, _ in string.Formatter().parse(text) if field))
               for text in texts.values()}
        for name, texts in strings().items()
    }  # fmt: skip
    assert {name for name, found in places.items() if len(found) != 1} == set()
    assert {language for texts in strings().values() for language in texts} == {"en", "de"}


@pytest.mark.parametrize("name", ["2026-13", "2026-W54", "October", "2026-1"])
def test_a_period_that_does_not_exist_is_refused(name):
    with pytest.raises(PeriodError, match="2026-W44"):
        Period.parse(name)


def test_a_period_that_is_not_over_has_no_report(reports):
    period = reports.last_whole("acme")
    after = Period(period.end + timedelta(days=1), "month")
    run = reports.run("--client=acme", f"--period={after}")
    assert run.status == 1
    assert "is over for acme once" in run.log
