"""The command `tap-klaviyo`: trouble that has a name ends it with a message, no traceback."""

from __future__ import annotations

import sys
import typing as t

from singer_sdk import Tap
from singer_sdk.exceptions import ConfigValidationError

from tap_klaviyo.client.errors import KlaviyoError

if t.TYPE_CHECKING:
    import click


class CommandLine(Tap):
    """What the SDK offers as a command."""

    @classmethod
    def invoke(cls, **options: t.Any) -> None:  # noqa: ANN401 - the options of the command line
        """Read."""
        try:
            super().invoke(**options)
        except (KlaviyoError, ConfigValidationError) as error:
            cls.logger.critical("%s", error)
            sys.exit(1)

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """Try the keys: `--test`."""
        try:
            super().cb_test(ctx, param, value)
        except (KlaviyoError, ConfigValidationError) as error:
            cls.logger.critical("%s", error)
            ctx.exit(1)
