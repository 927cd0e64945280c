"""Forgetting a person: out of the raw tables at once, and kept out when days are read again."""
