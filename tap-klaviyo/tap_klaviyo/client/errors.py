"""Everything that can go wrong with Klaviyo, named by what happens next.

    KlaviyoError
    ├── AccountFailed      this account is left out of this run, the others go on
    ├── StreamSkipped      this stream needs a scope or plan the account does not have
    ├── StreamDeferred     the quota is used up for longer than we wait: the next run goes on
    ├── StreamFailed       this stream of this account failed, everything else goes on
    │   ├── RequestRefused Klaviyo rejects the request itself (400)
    │   └── Unreadable     the response has an undocumented shape, or answers something else
    ├── NotFound           the requested resource is gone: leave it out
    └── RevisionRetired    no account can be read any more: the run stops

Every message names the remedy, or says that none is needed. No message contains a key.
"""

from __future__ import annotations

from singer_sdk.exceptions import FatalSyncError, SkippableSyncError, SyncError


class KlaviyoError(SyncError):
    """Root of the tree above."""


class AccountFailed(KlaviyoError, SkippableSyncError):
    """The account cannot be read in this run."""


class StreamSkipped(KlaviyoError, SkippableSyncError):
    """The key may not read this stream."""


class StreamDeferred(KlaviyoError, SkippableSyncError):
    """Klaviyo asks for a longer pause than `max_retry_wait_seconds`."""


class StreamFailed(KlaviyoError, SkippableSyncError):
    """The stream could not be read completely; its bookmark covers only what was read."""


class RequestRefused(StreamFailed):
    """Klaviyo answered 400: it parsed the request and rejects it."""


class Unreadable(StreamFailed):
    """The response cannot be used; what it was about is left out."""


class NotFound(KlaviyoError, SkippableSyncError):
    """Klaviyo answered 404: the resource was deleted after it was listed."""


class RevisionRetired(KlaviyoError, FatalSyncError):
    """Klaviyo answered 410: the API revision or the endpoint no longer exists."""
