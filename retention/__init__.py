"""Deletes raw events that are older than so many months; numbers of their days stay."""
