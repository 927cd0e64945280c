{#- What is counted of a message: column, and the action that it counts (macros/role_action.sql). -#}
{% macro message_counts() -%}
    {{ return([
        ('delivered', 'delivered'),
        ('opens', 'opened'),
        ('unique_opens', 'opened'),
        ('clicks', 'clicked'),
        ('unique_clicks', 'clicked'),
        ('bounced', 'bounced'),
        ('spam_complaints', 'marked'),
        ('unsubscribes', 'unsubscribed'),
    ]) }}
{%- endmacro %}

{#- Whether a channel (a row of int_channel_actions) knows an action. Of one that nobody has met yet, anything is believed. -#}
{% macro knows(channel, action) -%}
    coalesce('{{ action }}' = any({{ channel }}.actions), true)
{%- endmacro %}

{#- A count by message or mailbox provider, for a row that may have no counterpart: 0 if it has none, because nothing
    happened then. Null where the day was not read by that breakdown, and where the channel knows no such thing. Wants the
    relations `channels` (int_channel_actions) and `unread` (int_unread_actions). -#}
{% macro known_count(relation, column, action) -%}
    case
        when
            {{ knows('channels', action) }}
            and not coalesce('{{ action }}' = any(unread.actions), false)
            then case when {{ relation }}.account_id is null then 0 else {{ relation }}.{{ column }} end
    end::bigint
{%- endmacro %}
