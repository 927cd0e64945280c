"""The stream `events`, and the two ways to read a page of it."""
