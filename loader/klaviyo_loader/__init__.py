"""The standard target-postgres, less haste when it is told to stop."""
