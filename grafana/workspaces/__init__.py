"""Team workspaces in Grafana: who sees which folders, and who sees only their own clients."""
