"""The standard target-postgres, quick for plain records, and less haste when told to stop."""
