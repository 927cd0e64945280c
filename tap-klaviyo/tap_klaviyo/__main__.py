"""`python -m tap_klaviyo` is the command `tap-klaviyo`."""

from tap_klaviyo.tap import TapKlaviyo

TapKlaviyo.cli()
