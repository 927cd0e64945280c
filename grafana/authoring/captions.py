"""Sentences that the descriptions of several panels share."""

EVENT_DATED = "Event-dated, by the account's local day."
ATTRIBUTION = "Attribution is Klaviyo's; attributed revenue keeps growing for some days."
COMMON_CURRENCY = """Clients in another currency count only where the common currency is chosen and
the day has a rate."""
WEEKS = """Weeks of seven days from the first day of the time range; the last may be short."""
