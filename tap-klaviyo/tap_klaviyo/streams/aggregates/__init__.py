"""Metric aggregates: the streams, their query, and the breakdowns that are read."""

from tap_klaviyo.streams.aggregates.stream import MetricAggregateReads, MetricAggregates

__all__ = ["MetricAggregateReads", "MetricAggregates"]
