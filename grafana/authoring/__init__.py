"""The dashboards, written in plain Python: `python -m grafana.authoring`, or `make dashboards`."""
