"""Events: the stream, a fast and a general way to read its pages, and amounts in text."""

from tap_klaviyo.streams.events.stream import Events

__all__ = ["Events"]
