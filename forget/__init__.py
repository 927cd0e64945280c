"""Forgetting a person: taken out of the raw tables, and kept out of what is re-read."""
