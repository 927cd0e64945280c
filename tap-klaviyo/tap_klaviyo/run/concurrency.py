"""Every limit on what runs, or waits in memory, at the same time.

Klaviyo's rate limits set the speed (`client/rate_limits.py`). These limits only keep one
machine within its means; docs/decisions/0007 explains the design.
"""

from __future__ import annotations

REQUESTS_IN_FLIGHT = 64
"""Requests, over all accounts: the default of the setting `concurrency`. With 16, twenty accounts
took twice as long as Klaviyo's limits require."""

CONNECTIONS_PER_ACCOUNT = 64
"""Connections kept open per account: as many as one account can use with the default above."""

MAX_JOBS = 512
"""Jobs (one stream of one account) running at the same time. Nearly all of them sleep until a
rate limit allows the next request; a sleeping thread costs little memory and no time."""

QUEUE_SIZE = 8
"""Pages that wait for the writer. More would only use memory: the writer is the bottleneck then."""

MAX_SLICES_IN_FLIGHT = 48
"""Time slices of events being read, or read and waiting for their turn, over all accounts. Below
`REQUESTS_IN_FLIGHT`, so that events leave connections for the other streams."""

MAX_READ_AHEAD_BYTES = 64 << 20
"""Bytes of event pages read ahead, over all accounts, if every page were as large as the largest
one seen. With `QUEUE_SIZE`, this bounds the memory of a run."""

MAX_UNKNOWN_IN_FLIGHT = 16
"""Time slices of one account in flight before its density is known: a bad guess of their length
costs at most so many requests."""

MIN_SLICES_PER_ACCOUNT = 2
"""Time slices every account may have in flight, however large its pages: one being written, one
being read."""


def max_event_readers(slices: int = MAX_SLICES_IN_FLIGHT) -> int:
    """Accounts whose events are read at the same time: each needs its minimum of slices."""
    return slices // MIN_SLICES_PER_ACCOUNT
