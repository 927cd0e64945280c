"""All streams, in the order of the README."""

from tap_klaviyo.streams.account import Accounts, MappedMetrics, Metrics
from tap_klaviyo.streams.aggregates import MetricAggregateReads, MetricAggregates
from tap_klaviyo.streams.campaigns import CampaignMessages, Campaigns, CampaignVariations
from tap_klaviyo.streams.events import Events
from tap_klaviyo.streams.flows import FlowMessages, Flows
from tap_klaviyo.streams.sync_log import SyncLog

ALL = (
    Accounts,
    Metrics,
    MappedMetrics,
    MetricAggregates,
    MetricAggregateReads,
    Events,
    Campaigns,
    CampaignMessages,
    CampaignVariations,
    Flows,
    FlowMessages,
    SyncLog,
)
