-- What Klaviyo would answer about the shops of bench/flow_shops.py.
insert into tap_klaviyo.mapped_metrics
select account_id, 'revenue', 'order', null, '2024-01-01' from tap_klaviyo.accounts;
insert into tap_klaviyo.mapped_metrics
select account_id, 'started_checkout', 'checkout', null, '2024-01-01' from tap_klaviyo.accounts;
insert into tap_klaviyo.mapped_metrics
select account_id, 'viewed_product', 'viewed', null, '2024-01-01' from tap_klaviyo.accounts;
alter table tap_klaviyo.events add primary key (account_id, id);
create table public.answers as
select account_id, metric_id, 'total' as breakdown, '{}'::jsonb as groups, day, things
from public.flow_days where message = ''
union all
select account_id, metric_id, '$message', jsonb_build_object('$message', message), day, things
from public.flow_days where message <> ''
union all
select
    account_id, 'order', '$attributed_message,$attributed_flow', jsonb_build_object(
        '$attributed_message', message, '$attributed_flow', split_part(message, ' ', 1)
    ), day, things
from public.flow_days where metric_id = 'clicked' and message <> '';
insert into tap_klaviyo.metric_aggregates
select
    account_id, metric_id, breakdown, 'day', day,
    case when breakdown = 'total' then '' else groups::text end, day, groups, 'UTC', things,
    things, case when metric_id = 'order' then 10 * things else 0 end, '2026-07-01 06:00:00', '2026-07-01 06:00:00'
from public.answers where things > 0;
insert into tap_klaviyo.metric_aggregate_reads
select distinct
    account_id, metric_id, breakdown, 'day', 'UTC', 0, timestamp '2026-01-01', timestamp '2026-07-01',
    timestamp '2026-07-01 06:00:00', timestamp '2026-07-01 06:00:00'
from public.answers;
