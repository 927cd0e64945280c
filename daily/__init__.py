"""The daily job with a check before it and its outcome in words after it: `make run`."""
