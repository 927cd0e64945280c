"""The standard target-postgres with a fast path for plain records and an orderly shutdown."""
