"""The pretend Klaviyo: HTTP on loopback, as strict as the API description."""
