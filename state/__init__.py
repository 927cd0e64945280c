"""The state of the runs as Meltano keeps it: divided among shards, joined, moved back."""
