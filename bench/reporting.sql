-- Invented accounts straight into the raw tables, as the loader would have left them: {accounts} accounts, each with
-- {share} times about a million events in a year, without any plot. What varies is chance and the weekday.
create schema tap_klaviyo;
create table tap_klaviyo.accounts (
    account_id text primary key, client text, organization_name text, timezone text, preferred_currency text,
    locale text, industry text, test_account boolean, _sdc_batched_at timestamp
);
create table tap_klaviyo.metrics (
    account_id text, id text, integration_id text, name text, integration_key text, integration_name text,
    integration_category text, created timestamp, updated timestamp, _sdc_batched_at timestamp, primary key (account_id, id)
);
create table tap_klaviyo.mapped_metrics (
    account_id text, id text, metric_id text, custom_metric_id text, updated timestamp, primary key (account_id, id)
);
create table tap_klaviyo.events (
    account_id text, id text, uuid text, datetime timestamp, metric_id text, profile_id text, value numeric,
    value_currency text, event_properties jsonb, attributions jsonb, _sdc_extracted_at timestamp,
    _sdc_batched_at timestamp
);
create table tap_klaviyo.metric_aggregates (
    account_id text, metric_id text, breakdown text, "interval" text, period_start timestamp, dimension_key text,
    date date, dimensions jsonb, timezone text, count numeric, unique_profiles numeric, sum_value numeric,
    read_at timestamp, _sdc_batched_at timestamp
);
create table tap_klaviyo.metric_aggregate_reads (
    account_id text, metric_id text, breakdown text, "interval" text, timezone text, rows bigint,
    window_start timestamp, window_end timestamp, read_at timestamp, _sdc_batched_at timestamp
);
create table tap_klaviyo.campaigns (
    account_id text, id text, name text, description text, builder text, archived boolean, send_settings jsonb,
    created_at timestamp, updated_at timestamp, tag_ids jsonb
);
create table tap_klaviyo.campaign_messages (
    account_id text, id text, campaign_id text, campaign_audience_id text, name text, status text,
    send_time timestamp, created timestamp, updated timestamp
);
create table tap_klaviyo.campaign_variations (
    account_id text, id text, campaign_message_id text, name text, channel text, subject text, sender text,
    read_at timestamp
);
create table tap_klaviyo.flows (
    account_id text, id text, name text, status text, trigger_type text, archived boolean, created timestamp,
    updated timestamp, tag_ids jsonb
);
create table tap_klaviyo.flow_messages (
    account_id text, id text, flow_id text, flow_action_id text, name text, channel text, subject text,
    created timestamp, updated timestamp
);
create table tap_klaviyo.flow_definitions (
    account_id text, id text, updated timestamp, trigger_kind text, trigger_id text, "trigger" jsonb,
    profile_filter jsonb, reentry_criteria jsonb, steps jsonb, read_at timestamp
);
create table tap_klaviyo.sync_log (
    run_id text, account_id text, stream text, client text, status text, error text, records bigint, requests bigint,
    retries bigint, throttled_seconds numeric, started_at timestamp, finished_at timestamp, window_start timestamp,
    window_end timestamp, _sdc_batched_at timestamp, shard text
);

create table public.mix as
select * from (values
    ('received', 'Received Email', 'klaviyo', 1500), ('opened', 'Opened Email', 'klaviyo', 700),
    ('clicked', 'Clicked Email', 'klaviyo', 100), ('bounced', 'Bounced Email', 'klaviyo', 12),
    ('spam', 'Marked Email as Spam', 'klaviyo', 1), ('left', 'Unsubscribed from Email Marketing', 'klaviyo', 4),
    ('joined', 'Subscribed to Email Marketing', 'klaviyo', 20), ('order', 'Placed Order', 'shopify', 60),
    ('viewed', 'Viewed Product', 'shopify', 343)
) as mix (metric_id, name, integration, per_day);

insert into tap_klaviyo.accounts
select 'A' || n, 'client' || n, 'Client ' || n, 'America/New_York', 'USD', 'en-US', 'Retail', false, '2026-01-01 06:00'
from generate_series(1, {accounts}) as n;
insert into tap_klaviyo.metrics
select account_id, metric_id, 'i', name, integration, integration, '', '2024-01-01', '2024-01-01', '2026-01-01 06:00'
from tap_klaviyo.accounts cross join public.mix;
insert into tap_klaviyo.mapped_metrics
select account_id, 'revenue', 'order', null, '2024-01-01' from tap_klaviyo.accounts;

select setseed(0.5);
insert into tap_klaviyo.events
select
    account_id, account_id || '-' || row_number() over (), null,
    day + interval '10 hours' + random() * interval '12 hours', metric_id, 'p' || floor(random() * 20000),
    case metric_id when 'order' then round((20 + 100 * random())::numeric, 2) end,
    case metric_id when 'order' then 'USD' end,
    case when metric_id in ('order', 'viewed') then '{{"Items": ["A thing", "Another"], "Source Name": "web"}}'
    else jsonb_build_object(
        '$message', 'm' || to_char(day, 'IYYYIW') || '-' || floor(random() * 3), 'Subject', 'News of the week',
        'Inbox Provider', (array['Gmail', 'Apple', 'Yahoo', 'Outlook'])[1 + floor(random() * 4)::int],
        'Bot Click', metric_id = 'clicked' and random() < 0.2, 'Bounce Type', 'Hard'
    ) end,
    case when metric_id = 'order' and random() < 0.3
        then jsonb_build_array(jsonb_build_object('campaign_message_id', 'm' || to_char(day, 'IYYYIW') || '-0')) else '[]' end,
    '2026-01-01 05:30', '2026-01-01 06:00'
from tap_klaviyo.accounts
cross join generate_series(timestamp '2025-01-01', '2025-12-31', interval '1 day') as day
cross join public.mix
cross join lateral generate_series(1, greatest(0, round(
    per_day * {share} * (1 + 0.2 * sin(extract(isodow from day)))
    + sqrt(per_day * {share}) * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())
)::int)) as number;
alter table tap_klaviyo.events add primary key (account_id, id);

create table public.breakdowns as
select * from (values
    ('total', '{{}}'::text[]), ('$message', '{{$message}}'), ('Bot Click', '{{Bot Click}}'),
    ('Inbox Provider', '{{Inbox Provider}}'), ('$value_currency', '{{$value_currency}}'),
    ('$attributed_message,$attributed_flow', '{{$attributed_message,$attributed_flow}}')
) as breakdowns (breakdown, keys);
create table public.asked as
select metric_id, breakdown, keys
from public.mix cross join public.breakdowns
where
    breakdown = 'total' or (breakdown = '$message' and integration = 'klaviyo')
    or (breakdown = 'Bot Click' and metric_id = 'clicked')
    or (breakdown = 'Inbox Provider' and metric_id in ('received', 'bounced', 'spam'))
    or (breakdown like '$%_m%' and breakdown <> '$message' and metric_id = 'order')
    or (breakdown = '$value_currency' and metric_id = 'order');
insert into tap_klaviyo.metric_aggregates
select
    account_id, metric_id, breakdown, 'day', day at time zone 'America/New_York' at time zone 'UTC',
    case when breakdown = 'total' then '' else groups::text end, day::date, groups, 'America/New_York', count(*),
    count(distinct profile_id), coalesce(sum(value), 0), '2026-01-01 05:45', '2026-01-01 06:00'
from (
    select
        events.account_id, events.metric_id, asked.breakdown, events.profile_id, events.value,
        date_trunc('day', events.datetime at time zone 'UTC' at time zone 'America/New_York') as day,
        (
            select coalesce(jsonb_object_agg(key, case key
                when '$value_currency' then coalesce(events.value_currency, '')
                when '$attributed_message' then coalesce(events.attributions -> 0 ->> 'campaign_message_id', '')
                when '$attributed_flow' then '' else coalesce(events.event_properties ->> key, '') end), '{{}}')
            from unnest(asked.keys) as key
        ) as groups
    from tap_klaviyo.events as events inner join public.asked as asked on events.metric_id = asked.metric_id
) as grouped
group by account_id, metric_id, breakdown, day, groups;
insert into tap_klaviyo.metric_aggregate_reads
select
    account_id, metric_id, breakdown, 'day', 'America/New_York', 0, '2025-01-01 05:00', '2026-01-01 05:00',
    '2026-01-01 05:45', '2026-01-01 06:00'
from tap_klaviyo.accounts cross join public.asked;
insert into tap_klaviyo.campaigns
select account_id, 'c', 'News', '', 'wizard', false, '{{}}', '2024-01-01', '2024-01-01' from tap_klaviyo.accounts;
insert into tap_klaviyo.campaign_messages
select
    account_id, 'm' || to_char(week, 'IYYYIW') || '-' || n, 'c', 'a', 'News ' || to_char(week, 'IYYYIW'), 'sent',
    week + interval '15 hours', week, week
from tap_klaviyo.accounts
cross join generate_series(timestamp '2024-12-30', '2025-12-31', interval '7 days') as week
cross join generate_series(0, 2) as n;
insert into tap_klaviyo.campaign_variations
select account_id, id || 'v', id, name, 'email', 'News of the week', 'Us', '2026-01-01 05:30'
from tap_klaviyo.campaign_messages;
insert into tap_klaviyo.sync_log
select
    'first', account_id, 'events', client, 'ok', null, 0, 0, 0, 0, '2026-01-01 05:30', '2026-01-01 05:50',
    '2025-01-01 05:00', '2026-01-01 05:00', '2026-01-01 06:00'
from tap_klaviyo.accounts;
