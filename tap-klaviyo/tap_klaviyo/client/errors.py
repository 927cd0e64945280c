"""Everything that can go wrong with Klaviyo, named by what happens next.

    KlaviyoError
    ├── AccountFailed      this account is given up for this run, the others go on
    ├── StreamSkipped      this stream needs a scope or plan the account does not have
    ├── StreamDeferred     the quota is used up for longer than we wait: next run
    ├── StreamFailed       this stream of this account failed, the rest goes on
    │   ├── RequestRefused Klaviyo calls the request itself wrong (400)
    │   └── Unreadable     an answer of another shape, or to another question, than ours
    ├── NotFound           the thing asked for is gone: leave it out
    └── RevisionRetired    no account can be read any more: the run stops

Every message says what to do and none holds a key.
"""

from __future__ import annotations

from singer_sdk.exceptions import FatalSyncError, SkippableSyncError, SyncError


class KlaviyoError(SyncError):
    """Root of the tree above."""


class AccountFailed(KlaviyoError, SkippableSyncError):
    """The account cannot be read in this run."""


class StreamSkipped(KlaviyoError, SkippableSyncError):
    """The account may not read this stream."""


class StreamDeferred(KlaviyoError, SkippableSyncError):
    """Klaviyo asks for a longer pause than `max_retry_wait_seconds`."""


class StreamFailed(KlaviyoError, SkippableSyncError):
    """The stream could not be read to its end; its bookmark stays where it was."""


class RequestRefused(StreamFailed):
    """Klaviyo answered 400: it understands the request and refuses it."""


class Unreadable(StreamFailed):
    """Klaviyo's answer cannot be what was asked for; what it is about is left out."""


class NotFound(KlaviyoError, SkippableSyncError):
    """Klaviyo answered 404: the resource was deleted since it was listed."""


class RevisionRetired(KlaviyoError, FatalSyncError):
    """Klaviyo answered 410: the API revision or the endpoint no longer exists."""
