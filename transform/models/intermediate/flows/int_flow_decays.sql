{%- set spans = [3, 7, 28] %}

-- The clicks of the last days against those that as many messages brought in the 84 days before, by how much clicks
-- differ from day to day anyway. Of several spans that show a fall, the longest.
with

activity as (
    select * from {{ ref('int_flow_activity') }} where delivered is not null
),

added_up as (
    select
        account_id,
        flow_id,
        date_day,
        {%- for span in spans %}
            sum(clicks) over last_{{ span }} as clicks_{{ span }},
            sum(clickable) over last_{{ span }} as clickable_{{ span }},
            sum(clicks) over before_{{ span }} as clicks_before_{{ span }},
            sum(clickable) over before_{{ span }} as clickable_before_{{ span }},
            sum(clicks * clicks) over before_{{ span }} as clicks_squared_{{ span }},
            sum(clicks * clickable) over before_{{ span }} as products_{{ span }},
            sum(clickable * clickable) over before_{{ span }} as clickable_squared_{{ span }},
            sum(revenue) over month_before_{{ span }} as revenue_before_{{ span }},
        {%- endfor %}
        last_day
    from activity
    window
    {%- for span in spans %}
            last_{{ span }} as (
                partition by account_id, flow_id order by date_day
                range between interval '{{ span - 1 }} days' preceding and current row
            ),
            before_{{ span }} as (
                partition by account_id, flow_id order by date_day
                range between interval '{{ span + 83 }} days' preceding and interval '{{ span }} days' preceding
            ),
            month_before_{{ span }} as (
                partition by account_id, flow_id order by date_day
                range between interval '{{ span + 27 }} days' preceding and interval '{{ span }} days' preceding
            ){{ ',' if not loop.last }}
    {%- endfor %}
),

compared as (
    select
        added_up.account_id,
        added_up.flow_id,
        added_up.date_day,
        spans.days,
        spans.clicks,
        (spans.clicks_before * spans.clickable / nullif(spans.clickable_before, 0))::numeric(20, 6) as expected,
        1 + spans.clickable / nullif(spans.clickable_before, 0) as uncertainty,
        greatest(
            1,
            spans.clicks_squared / nullif(spans.clicks_before, 0)
            - 2 * spans.products / nullif(spans.clickable_before, 0)
            + spans.clicks_before * spans.clickable_squared / nullif(spans.clickable_before, 0) ^ 2
        ) as dispersion,
        spans.revenue_before
    from added_up
    cross join
        lateral (
            values
            {%- for span in spans %}
                (
                    {{ span }}, clicks_{{ span }}, clickable_{{ span }}, clicks_before_{{ span }},
                    clickable_before_{{ span }}, clicks_squared_{{ span }}, products_{{ span }},
                    clickable_squared_{{ span }}, revenue_before_{{ span }}
                ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as spans (
            days, clicks, clickable, clicks_before, clickable_before, clicks_squared, products, clickable_squared,
            revenue_before
        )
    where added_up.date_day > added_up.last_day - 28
)

select distinct on (account_id, flow_id, date_day)
    account_id,
    flow_id,
    date_day,
    days,
    clicks,
    expected,
    revenue_before
from compared
where
    clicks <= {{ var('flow_decay_left') }} * expected
    and 2 * (sqrt(clicks + 0.375) - sqrt(expected + 0.375))
    <= -{{ var('flow_decay_score') }} * sqrt(dispersion * uncertainty)
order by account_id asc, flow_id asc, date_day asc, days desc
