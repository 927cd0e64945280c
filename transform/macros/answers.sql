{#- What can become of a delivery (int_delivery_answers): column, action, and whether machines are left out. -#}
{% macro answers() -%}
    {{ return([
        ('deliveries', 'delivered', false),
        ('opened_deliveries', 'opened', false),
        ('human_opened_deliveries', 'opened', true),
        ('clicked_deliveries', 'clicked', false),
        ('human_clicked_deliveries', 'clicked', true),
        ('complained_deliveries', 'marked', false),
        ('unsubscribed_deliveries', 'unsubscribed', false),
    ]) }}
{%- endmacro %}

{#- One of them by the day of the delivery: 0 where there is none, null where the day's events are not loaded, and if
    the channel has no such response or the metric is missing. Requires CTEs named `answered`, `channels`
    (int_channel_actions), `unknown` (int_unknown_actions) and `event_days` (int_event_days_completeness). -#}
{% macro known_answer(column, action) -%}
    case
        when event_days.has_events and {{ can_be_told(action) }} then coalesce(answered.{{ column }}, 0)
    end::bigint
{%- endmacro %}

{#- Whether single events tell an action of a channel. Wants `channels` and `unknown`, as above. -#}
{% macro can_be_told(action) -%}
    {{ knows('channels', action) }} and not coalesce('{{ action }}' = any(unknown.actions), false)
{%- endmacro %}

{#- Answers to a message that is sent once, as a share of `coalesce(deliveries, delivered)`: without single events, what
    Klaviyo counted by message, and at most what was delivered. -#}
{% macro answers_of_one_send(answered, counted) -%}
    case
        when deliveries is not null then {{ answered }}
        when {{ counted }} is not null then least({{ counted }}, delivered)
    end
{%- endmacro %}
