"""Grafana: dashboards and how they are written, checked and drawn without a Grafana server."""
