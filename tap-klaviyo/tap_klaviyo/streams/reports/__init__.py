"""Klaviyo's reports: campaign values, and the daily series of flows, forms and segments."""

from tap_klaviyo.streams.reports.campaign_values import CampaignValues
from tap_klaviyo.streams.reports.series import FlowSeries, FormVersionSeries, SegmentSeries

__all__ = ["CampaignValues", "FlowSeries", "FormVersionSeries", "SegmentSeries"]
