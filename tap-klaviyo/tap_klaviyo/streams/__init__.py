"""All streams, in the order of the README."""

from tap_klaviyo.streams.account import Accounts, MappedMetrics, Metrics
from tap_klaviyo.streams.aggregates import MetricAggregateReads, MetricAggregates
from tap_klaviyo.streams.campaign_members import (
    CampaignAudiences,
    CampaignMessages,
    CampaignVariations,
)
from tap_klaviyo.streams.campaigns import Campaigns
from tap_klaviyo.streams.collections import Forms, Lists, Segments, Tags, Templates
from tap_klaviyo.streams.events import EventReads, Events
from tap_klaviyo.streams.flow_definitions import FlowDefinitions
from tap_klaviyo.streams.flows import FlowMessages, Flows
from tap_klaviyo.streams.list_sizes import ListSizes
from tap_klaviyo.streams.profiles import Profiles
from tap_klaviyo.streams.reports import CampaignValues, FlowSeries, FormVersionSeries, SegmentSeries
from tap_klaviyo.streams.sync_log import SyncLog
from tap_klaviyo.streams.usage import BillingUsage

ALL = (
    Accounts,
    Metrics,
    MappedMetrics,
    MetricAggregates,
    MetricAggregateReads,
    Events,
    EventReads,
    Campaigns,
    CampaignMessages,
    CampaignAudiences,
    CampaignVariations,
    CampaignValues,
    Flows,
    FlowMessages,
    FlowDefinitions,
    FlowSeries,
    Lists,
    ListSizes,
    Segments,
    SegmentSeries,
    Forms,
    FormVersionSeries,
    Tags,
    Templates,
    Profiles,
    BillingUsage,
    SyncLog,
)
