-- What Klaviyo would answer about the shops and sends of bench/brands.py.
insert into tap_klaviyo.accounts
select account_id, account_id, account_id, 'UTC', 'USD', 'en-US', 'Retail', false, last_day + 1 + interval '6 hours'
from public.brands;
insert into tap_klaviyo.metrics
select account_id, metric_id, 'i', name, integration, integration, '', '2024-01-01', '2024-01-01', '2024-01-01'
from public.brands cross join (values
    (false, 'order', 'Placed Order', 'shopify'), (true, 'received', 'Received Email', 'klaviyo'),
    (true, 'opened', 'Opened Email', 'klaviyo'), (true, 'clicked', 'Clicked Email', 'klaviyo'),
    (true, 'bounced', 'Bounced Email', 'klaviyo'), (true, 'spam', 'Marked Email as Spam', 'klaviyo'),
    (true, 'left', 'Unsubscribed from Email Marketing', 'klaviyo')
) as metrics (sends, metric_id, name, integration)
where metrics.sends = brands.sends;
insert into tap_klaviyo.mapped_metrics
select account_id, 'revenue', 'order', null, '2024-01-01' from public.brands where not sends;

insert into tap_klaviyo.events
select
    account_id, row_number() over ()::text, null, day + lag_days + interval '12 hours', metric_id, 'p' || number,
    null, null, jsonb_build_object('$message', message), '[]', last_day + 1 + interval '6 hours',
    last_day + 1 + interval '6 hours'
from public.sends inner join public.brands using (account_id)
cross join lateral generate_series(1, things) as number
cross join lateral (select case
    when metric_id in ('received', 'bounced') or number % 10 < 7 then 0 when number % 10 < 9 then 1 else 3
end as lag_days) as lags
where day + lag_days <= last_day;
alter table tap_klaviyo.events add primary key (account_id, id);
analyze tap_klaviyo.events;

insert into tap_klaviyo.metric_aggregates
select
    account_id, metric_id, breakdown, 'day', datetime::date, case when breakdown = 'total' then '' else groups::text end,
    datetime::date, groups, 'UTC', count(*), count(distinct profile_id), 0, max(_sdc_extracted_at), max(_sdc_batched_at)
from tap_klaviyo.events
cross join lateral (values ('total', '{}'::jsonb), ('$message', event_properties)) as breakdowns (breakdown, groups)
group by account_id, metric_id, breakdown, datetime::date, groups;
insert into tap_klaviyo.metric_aggregates
select
    account_id, 'order', breakdown, 'day', day, case when breakdown = 'total' then '' else groups::text end, day, groups,
    'UTC', orders, orders, amount, last_day + 1 + interval '6 hours', last_day + 1 + interval '6 hours'
from public.shop_days inner join public.brands using (account_id)
cross join (values ('total', '{}'::jsonb), ('$value_currency', '{"$value_currency": "USD"}')) as breakdowns (breakdown, groups)
where orders > 0;
insert into tap_klaviyo.metric_aggregate_reads
select
    account_id, metrics.id, breakdown, 'day', 'UTC', 0, first_day, last_day + 1, last_day + 1 + interval '6 hours',
    last_day + 1 + interval '6 hours'
from public.brands inner join tap_klaviyo.metrics using (account_id)
inner join (values ('total', null), ('$message', true), ('$value_currency', false)) as breakdowns (breakdown, of_sends)
    on of_sends is null or of_sends = sends;
insert into tap_klaviyo.sync_log
select
    'first', account_id, 'events', account_id, 'ok', null, 0, 0, 0, 0, last_day + 1 + interval '6 hours',
    last_day + 1 + interval '6 hours', first_day, last_day + 1, last_day + 1 + interval '6 hours'
from public.brands;
