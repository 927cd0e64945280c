{%- set counts = message_counts() | map(attribute='column') | list + [
    'human_unique_opens', 'human_unique_clicks', 'attributed_orders'
] %}
{%- set answered = answers() | map(attribute=0) | list %}
{#- Not every channel has opens, clicks, complaints and unsubscribes: over several, only a part of the deliveries can
    have them. #}
{%- set of_one_channel = "case when channel is distinct from 'mixed' then %s end" %}
{#- The deliveries that complaints and unsubscribes are a share of, with single events and without. #}
{%- set reached = 'coalesce(deliveries, delivered)' %}
{%- set left = of_one_channel % answers_of_one_send('unsubscribed_deliveries', 'unsubscribes') %}
{%- set complained = of_one_channel % answers_of_one_send('complained_deliveries', 'spam_complaints') %}
{%- set send_counts = report_counts() %}

with

messages as (
    select * from {{ ref('int_messages') }} where message_kind = 'campaign' and status in ('sending', 'sent')
),

clients as (
    select * from {{ ref('int_clients') }}
),

happened as (
    select * from {{ ref('int_campaign_totals') }}
),

reported as (
    select * from {{ ref('int_campaign_reports') }}
),

currencies as (
    select * from {{ ref('int_currency_periods') }}
),

joined as (
    select
        messages.*,
        currencies.currency,
        clients.last_day - messages.sent_day as age_days,
        {%- for column in counts + answered %}
            happened.{{ column }}::bigint as {{ column }},
        {%- endfor %}
        happened.attributed_revenue::numeric(20, 4) as attributed_revenue,
        {%- for column in send_counts %}
            reported.{{ column }}::bigint as send_{{ column }},
        {%- endfor %}
        reported.revenue::numeric(20, 4) as send_revenue,
        {{ report_costs('reported') }},
        reported.read_until as send_window_end
    from messages
    inner join clients using (account_id)
    left join happened using (account_id, message_id)
    left join reported using (account_id, message_id)
    left join currencies
        on
            messages.account_id = currencies.account_id
            and messages.sent_day >= currencies.valid_from
            and messages.sent_day < currencies.valid_until
)

select
    account_id, client, message_id, campaign_id, parent_name as campaign_name, message_name, subject, channel,
    status, sent_at, sent_day, currency,
    {{ counts | join(', ') }}, attributed_revenue,
    {{ rate('delivered', 'delivered + bounced') }} as delivery_rate,
    {{ rate('bounced', 'delivered + bounced') }} as bounce_rate,
    {{ rate(of_one_channel % 'opened_deliveries', 'deliveries') }} as open_rate,
    {{ rate(of_one_channel % 'human_opened_deliveries', 'deliveries') }} as human_open_rate,
    {{ rate(of_one_channel % 'clicked_deliveries', 'deliveries') }} as click_rate,
    {{ rate(of_one_channel % 'human_clicked_deliveries', 'deliveries') }} as human_click_rate,
    {{ rate('clicked_deliveries', of_one_channel % 'opened_deliveries') }} as click_to_open_rate,
    {{ rate(left, reached) }} as unsubscribe_rate,
    {{ rate(complained, reached) }} as spam_complaint_rate,
    {{ rate('attributed_orders', 'delivered') }} as order_rate,
    {{ rate('attributed_revenue', 'delivered', 'numeric(20, 6)') }} as revenue_per_recipient,
    {% for column in send_counts %}send_{{ column }},
    {% endfor %}send_revenue,
    {{ rate(of_one_channel % 'send_unique_opens', 'send_delivered') }} as send_open_rate,
    {{ rate(of_one_channel % 'send_unique_clicks', 'send_delivered') }} as send_click_rate,
    {{ rate('send_bounced', 'send_recipients') }} as send_bounce_rate,
    {{ rate('send_revenue', 'send_delivered', 'numeric(20, 6)') }} as send_revenue_per_recipient,
    send_sms_segments, send_sms_credits, send_sms_spend, send_sms_roi,
    send_window_end,
    case
        when attributed_revenue is not null
            then rank() over (partition by account_id, currency order by attributed_revenue desc nulls last)
    end::int as revenue_rank,
    case
        when channel = 'mixed' then null
        when clicked_deliveries / nullif(deliveries, 0) is not null then percent_rank() over (
            partition by account_id, channel, clicked_deliveries / nullif(deliveries, 0) is null
            order by clicked_deliveries::numeric / nullif(deliveries, 0)
        )
    end::numeric(12, 6) as click_rate_percentile,
    age_days, age_days >= {{ var('settle_after_days') }} as is_settled,
    {{ answered | join(', ') }}
from joined
