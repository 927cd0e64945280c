"""All streams, in the order of the README."""

from tap_klaviyo.streams.account import Accounts, MappedMetrics, Metrics
from tap_klaviyo.streams.aggregates.stream import MetricAggregateReads, MetricAggregates
from tap_klaviyo.streams.campaigns import (
    CampaignAudiences,
    CampaignMessages,
    Campaigns,
    CampaignVariations,
)
from tap_klaviyo.streams.collections import Forms, Lists, Segments, Tags, Templates
from tap_klaviyo.streams.events.stream import Events
from tap_klaviyo.streams.flows import FlowMessages, Flows
from tap_klaviyo.streams.profiles import Profiles
from tap_klaviyo.streams.reports.campaign_values import CampaignValues
from tap_klaviyo.streams.reports.series import FlowSeries, FormSeries, SegmentSeries
from tap_klaviyo.streams.sync_log import SyncLog
from tap_klaviyo.streams.usage import BillingUsage

ALL = (
    Accounts,
    Metrics,
    MappedMetrics,
    MetricAggregates,
    MetricAggregateReads,
    Events,
    Campaigns,
    CampaignMessages,
    CampaignAudiences,
    CampaignVariations,
    CampaignValues,
    Flows,
    FlowMessages,
    FlowSeries,
    Lists,
    Segments,
    SegmentSeries,
    Forms,
    FormSeries,
    Tags,
    Templates,
    Profiles,
    BillingUsage,
    SyncLog,
)
