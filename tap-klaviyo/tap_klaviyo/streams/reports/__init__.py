"""The streams of Klaviyo's reports."""
