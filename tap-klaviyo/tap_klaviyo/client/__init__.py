"""Talking to Klaviyo: HTTP, rate limits, retries, JSON:API documents, errors."""
