"""Adds a client to the settings: `make brand`."""
