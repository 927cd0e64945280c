"""The smoke test of a real Grafana, over the preview's endpoints, which are the same."""

import psycopg
import pytest

from grafana.http import Grafana, GrafanaRefused
from grafana.smoke import look
from tests.dashboards.conftest import DASHBOARDS


def test_it_sees_every_dashboard_answer(address):
    lines = list(look(Grafana(address, "admin", "anything")))
    assert "database ok" in lines[0]
    for uid, line in zip(DASHBOARDS, lines[1:], strict=True):
        assert line.startswith(f"{uid}: ")
        assert " 0 have rows" not in line


def test_it_stops_at_a_query_that_fails(address, plain):
    with psycopg.connect(plain.owner) as owner:
        owner.execute("revoke select on analytics.flow_metrics from grafana_reader")
        owner.commit()
        with pytest.raises(GrafanaRefused, match="permission denied for table flow_metrics"):
            list(look(Grafana(address, "admin", "anything")))
        owner.execute("grant select on analytics.flow_metrics to grafana_reader")
