"""Running the streams of all accounts: scheduling, statistics, progress, summary."""
