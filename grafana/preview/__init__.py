"""The dashboards in a browser, drawn by Grafana's own front-end libraries, without Grafana."""
