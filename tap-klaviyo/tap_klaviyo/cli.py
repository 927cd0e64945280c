"""The command `tap-klaviyo`: known errors end it with a message, without a traceback."""

from __future__ import annotations

import sys
import typing as t

from singer_sdk import Tap
from singer_sdk.exceptions import ConfigValidationError

from tap_klaviyo.client.errors import KlaviyoError

if t.TYPE_CHECKING:
    import click


class CommandLine(Tap):
    """The SDK's command, with messages for known errors."""

    @classmethod
    def invoke(cls, **options: t.Any) -> None:  # noqa: ANN401 - the options of the command line
        """Run the tap."""
        try:
            super().invoke(**options)
        except (KlaviyoError, ConfigValidationError) as error:
            cls.logger.critical("%s", error)
            sys.exit(1)

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Check the keys: `--test`."""
        try:
            super().cb_test(ctx, param, value)
        except (KlaviyoError, ConfigValidationError) as error:
            cls.logger.critical("%s", error)
            ctx.exit(1)
