"""Singer tap for Klaviyo: many accounts in one run, windows instead of cursors."""
