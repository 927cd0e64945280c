with

windows as (
    select * from {{ ref('int_window_rates') }} where channel = 'email' and window_days = 28
),

parts as (
    select * from {{ ref('int_health_parts') }}
),

-- A part that is not known (no single events, no opens) leaves its weight to the others.
weighed as (
    select
        account_id,
        date_day,
        {%- for part in ['spam', 'bounce', 'click', 'unsubscribe', 'open'] %}
            max(score) filter (where part = '{{ part }}') as {{ part }}_score,
        {%- endfor %}
        (
            case
                when sum(weight) filter (where score is not null) >= {{ var('health_minimum_weight') }}
                    then sum(score * weight) / sum(weight) filter (where score is not null)
            end
        )::numeric(5, 1) as score_before_caps,
        min(cap) as cap,
        string_agg(
            format(
                '%s %s%% (healthy %s %s%%)%s', label, round(rate * 100, 2),
                case when is_higher_better then 'from' else 'up to' end, trim_scale(healthy::numeric * 100),
                ', holds the score at ' || cap || ' at most'
            ),
            '; ' order by (100 - score) * weight desc
        ) filter (where score < 90 or cap is not null) as weaknesses
    from parts
    group by account_id, date_day
),

scored as (
    select
        *,
        case when score_before_caps is not null then least(round(score_before_caps), cap) end::int as score
    from weighed
),

final as (
    select
        windows.account_id,
        windows.client,
        windows.date_day,
        scored.score,
        {{ health_band('scored.score') }} as band,
        case
            when scored.account_id is null then 'Not enough e-mail in the last 28 days to judge.'
            when scored.score is null
                then 'Too little is known of the last 28 days to judge: single events are not loaded for all of them.'
            when scored.weaknesses is null then 'Every part is healthy.'
            when scored.score >= 90 then 'Excellent, but for ' || scored.weaknesses || '.'
            else 'Lowered by ' || scored.weaknesses || '.'
        end as reason,
        windows.delivered::bigint as delivered_28d,
        windows.spam_complaint_rate,
        windows.bounce_rate,
        windows.human_click_rate as click_rate,
        windows.unsubscribe_rate,
        windows.human_open_rate,
        {%- for part in ['spam', 'bounce', 'click', 'unsubscribe', 'open'] %}
            scored.{{ part }}_score,
        {%- endfor %}
        scored.score_before_caps,
        scored.cap::int as cap,
        '{{ var("health_version") }}' as weights_version,
        lag(scored.score, 7) over (partition by windows.account_id order by windows.date_day) as score_7_days_ago,
        windows.is_settled,
        windows.days_known::int as days_known
    from windows
    left join scored using (account_id, date_day)
)

select * from final
