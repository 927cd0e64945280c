"""Events: the streams, a fast and a general way to read pages, and amounts in text."""

from tap_klaviyo.streams.events.days import EventReads
from tap_klaviyo.streams.events.stream import Events

__all__ = ["EventReads", "Events"]
