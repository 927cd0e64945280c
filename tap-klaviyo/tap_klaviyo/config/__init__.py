"""The tap's settings: their schema, and their validation."""
