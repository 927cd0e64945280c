"""Tries what `.env` names before a run relies on it: `python -m check`, or `make check`."""
