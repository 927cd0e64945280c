"""What the preview answers, to whom: real HTTP, as any page in the same browser could send it."""

import http.client
import json
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlsplit

import psycopg
import pytest

from grafana.preview.npm import PAGE
from grafana.preview.server import Preview
from tests.dashboards.conftest import DASHBOARDS, serving

QUERY = "/api/ds/query"
(CLIENTS,) = (p for p in DASHBOARDS["portfolio"]["panels"] if p["title"] == "Clients")
PANEL = {"refId": "A", "dashboard": "portfolio", "panel": CLIENTS["id"]}
ALL = {"client": ["acme", "koala", "nord"]}
SPAN = {"from": "0", "to": "1"}


def _send(address, method="GET", path=QUERY, body=None, **headers):
    """The status and the answer; header names with _ for -."""
    there = urlsplit(address)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection(there.hostname, there.port, timeout=30)) as connection:
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def _ask(address, *queries, **headers):
    body = json.dumps({**SPAN, "queries": queries})
    return _send(address, "POST", QUERY, body, **{"Content_Type": "application/json", **headers})


def _value(answer):
    status, text = answer
    assert status == 200, text
    ((value,),) = json.loads(text)["results"]["A"]["frames"][0]["data"]["values"]
    return value


def test_a_panel_is_asked_by_its_name_and_its_variables(address):
    assert _value(_ask(address, {**PANEL, "variables": ALL})) == 3
    assert _value(_ask(address, {**PANEL, "variables": {"client": ["nord"]}})) == 1
    assert _value(_ask(address, {**PANEL, "variables": {}})) == 0


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:3001", "127.0.0.1.evil.example", ""]
)
@pytest.mark.parametrize("path", ["/", "/d/portfolio", "/api/search", "/build/main.js", QUERY])
def test_a_name_that_was_made_to_lead_here_reads_nothing(address, name, path):
    if path == QUERY:
        status, text = _ask(address, {**PANEL, "variables": ALL}, Host=name)
    else:
        status, text = _send(address, path=path, Host=name)
    assert status == 400
    assert "results" not in text


def test_this_machine_has_two_names(address):
    port = urlsplit(address).port
    for name in (f"127.0.0.1:{port}", f"localhost:{port}"):
        query = {**PANEL, "variables": ALL}
        assert _value(_ask(address, query, Host=name, Origin=f"http://{name}")) == 3


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null", ""])
def test_another_pages_query_is_refused(address, origin):
    assert _ask(address, {**PANEL, "variables": ALL}, Origin=origin)[0] == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_what_a_form_can_send_is_refused(address, kind):
    status, text = _ask(address, {**PANEL, "variables": ALL}, Content_Type=kind)
    assert (status, "results" in text) == (415, False)


@pytest.mark.parametrize("sql", ["select 4711 as one", "table clients", "select pg_sleep(0)"])
def test_sql_is_not_taken_from_a_request(address, sql):
    status, text = _ask(address, {"refId": "A", "rawSql": sql, "format": "table"})
    assert (status, "4711" in text) == (400, False)
    # Nor next to the name of a panel: the panel's own is asked.
    named = {**PANEL, "rawSql": sql, "query": sql, "variables": ALL}
    assert _value(_ask(address, named)) == 3


@pytest.mark.parametrize("text", ["x') or (1=1", "x\\') or (1=1) --", "nord'", "', 'nord"])
def test_a_variable_stays_in_its_quotes(address, text):
    assert _value(_ask(address, {**PANEL, "variables": {"client": [text]}})) == 0


@pytest.mark.parametrize(
    "query",
    [
        {**PANEL, "panel": 4711},
        {**PANEL, "dashboard": "nothing"},
        {**PANEL, "refId": "B"},
        {**PANEL, "variable": "nothing"},
        {**PANEL, "variables": {"client": 1}},
        {**PANEL, "variables": {"client": [["nord"]]}},
        {**PANEL, "variables": ["nord"]},
        "select 1",
        None,
    ],
)
def test_what_is_no_query_of_a_dashboard_is_refused_in_words(address, query):
    status, text = _ask(address, query)
    assert (status, "message" in text) == (400, True)


@pytest.mark.parametrize("body", ["", "{", "[]", "1", '{"from": "x"}', '{"from": 1, "to": 1e40}'])
def test_a_broken_request_is_refused_in_words(address, body):
    status, text = _send(address, "POST", QUERY, body, Content_Type="application/json")
    assert (status, "message" in text) == (400, True)


def test_a_query_that_waits_is_given_up(plain, owner):
    """As long as a table is locked, a page's queries must not pile up."""
    with serving(Preview(replace(plain.source, seconds=1), PAGE).app) as address:
        owner.execute("lock table analytics.clients in access exclusive mode")
        status, text = _ask(address, {**PANEL, "variables": ALL})
        owner.rollback()
    assert (status, "statement timeout" in text) == (400, True)


def test_a_query_can_not_write_whoever_owns_the_tables(copied):
    warehouse = copied("dashboards_written")
    warehouse.change(
        """
        create table analytics.written (i int);
        create function analytics.write() returns boolean language sql volatile as
            'insert into analytics.written values (1) returning true';
        alter table analytics.clients rename to read;
        create view analytics.clients as select * from analytics.read where analytics.write()"""
    )
    source = replace(warehouse.source, dsn=warehouse.owner, search_path="analytics")
    with serving(Preview(source, PAGE).app) as address:
        status, text = _ask(address, {**PANEL, "variables": ALL})
    assert (status, "read-only transaction" in text) == (400, True)
    with psycopg.connect(warehouse.owner) as owner:
        assert owner.execute("select count(*) from analytics.written").fetchone() == (0,)


@pytest.fixture
def owner(plain):
    with psycopg.connect(plain.owner) as connection:
        yield connection
