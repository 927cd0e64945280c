"""The mock Klaviyo: HTTP on loopback, as strict as the API description."""
