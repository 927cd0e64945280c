"""The streams of metric aggregates: Klaviyo's own daily counts."""
