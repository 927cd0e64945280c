"""What must hold of dashboards and provisioning before Grafana sees them: `make lint`."""
