{#- To which delivery an answer belongs: the person's latest one of the channel up to its day, of the same message as far as
    both name one. A delivery is its own. Wants the relation `person_days`; adds `delivered_day` and
    `delivered_message_id`. -#}
{% macro latest_deliveries() -%}
    {#- What came before the first day to be built is wanted only of those who have answered since. The most selective
        column comes first, so that sorting seldom compares another. -#}
    select
        *,
        case
            when action = 'delivered' then date_day
            when message_id = '' then to_date(left(latest, 8), 'YYYYMMDD')
            else greatest(named_day, nameless_day)
        end as delivered_day,
        case
            when action <> 'delivered' and message_id = '' then substr(latest, 9)
            when action = 'delivered' or named_day >= nameless_day or nameless_day is null then message_id
            else ''
        end as delivered_message_id
    from (
        select
            *,
            max(date_day) filter (where action = 'delivered') over same_message as named_day,
            max(date_day) filter (where action = 'delivered' and message_id = '') over same_person as nameless_day,
            max((to_char(date_day, 'YYYYMMDD') || message_id) collate "C")
            filter (where action = 'delivered') over same_person as latest
        from person_days
        where
            date_day >= first_day
            or (account_id, channel, profile_id) in (
                select
                    since.account_id,
                    since.channel,
                    since.profile_id
                from person_days as since
                where since.action <> 'delivered' and since.date_day >= since.first_day
            )
        window
            same_person as (partition by profile_id, channel, account_id order by date_day),
            same_message as (partition by profile_id, channel, account_id, message_id order by date_day)
    ) as placed
{%- endmacro %}
