{#- The counts of Klaviyo's aggregates, per channel and day. To add one, add a row here, its metrics to
    seeds/metric_roles.csv, and the column to the public tables (CONTRIBUTING.md).

    column: its name in the tables of channels, windows and messages.
    action: what it counts (macros/role_action.sql). Which channels track it follows from seeds/metric_roles.csv.
    is_additive: events, which add up; otherwise the distinct people of a day.
    is_of_messages: also counted by message, campaign and flow.
    report: its name in Klaviyo's reports, if these have it.
    client_roles: the roles that are columns of daily_client_metrics, with the channel before the name. -#}
{% macro measures() -%}
    {%- set columns = ['column', 'action', 'is_additive', 'is_of_messages', 'report', 'client_roles'] -%}
    {%- set rows = [
        ('delivered', 'delivered', true, true, 'delivered', ['email_delivered', 'sms_delivered']),
        ('opens', 'opened', true, true, 'opens', ['email_opened']),
        ('unique_opens', 'opened', false, true, 'opens_unique', ['email_opened']),
        ('clicks', 'clicked', true, true, 'clicks', ['email_clicked', 'sms_clicked']),
        ('unique_clicks', 'clicked', false, true, 'clicks_unique', ['email_clicked']),
        ('bounced', 'bounced', true, true, 'bounced', ['email_bounced']),
        ('spam_complaints', 'marked', true, true, 'spam_complaints', ['email_marked_as_spam']),
        ('unsubscribes', 'unsubscribed', true, true, 'unsubscribe_uniques', ['email_unsubscribed']),
        ('subscribes', 'subscribed', true, false, none, ['email_subscribed', 'sms_subscribed']),
    ] -%}
    {%- set measures = [] -%}
    {%- for row in rows %}{% do measures.append(dict(zip(columns, row))) %}{% endfor -%}
    {{ return(measures) }}
{%- endmacro %}

{% macro message_counts() -%}
    {{ return(measures() | selectattr('is_of_messages') | list) }}
{%- endmacro %}

{#- The counts that are added up over windows: column and action. -#}
{% macro window_counts() -%}
    {%- set counts = [('bot_clicks', 'clicked')] -%}
    {%- for measure in measures() if measure.is_additive -%}
        {%- do counts.append((measure.column, measure.action)) -%}
    {%- endfor -%}
    {{ return(counts) }}
{%- endmacro %}

{#- The counts of int_client_days: column, role, and whether it adds up. -#}
{% macro client_counts() -%}
    {%- set counts = [] -%}
    {%- for measure in measures() -%}
        {%- for role in measure.client_roles -%}
            {%- do counts.append((role.split('_')[0] ~ '_' ~ measure.column, role, measure.is_additive)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(counts) }}
{%- endmacro %}

{#- The roles that the client's numbers are made of, besides money, as a list for `in (…)`. -#}
{% macro client_roles() -%}
    '{{ client_counts() | map(attribute=1) | unique | join("', '") }}'
{%- endmacro %}

{#- Whether a channel (a row of int_channel_actions) tracks an action. An unknown channel is assumed to track all of them. -#}
{% macro knows(channel, action) -%}
    coalesce('{{ action }}' = any({{ channel }}.actions), true)
{%- endmacro %}

{#- A count by message or mailbox provider, for a row that may have no counterpart: 0 if it has none, because nothing
    happened then. Null if the day was not read by that breakdown, and if the channel does not track the action. Requires
    CTEs named `channels` (int_channel_actions) and `unread` (int_unread_actions). -#}
{% macro known_count(relation, column, action) -%}
    case
        when
            {{ knows('channels', action) }}
            and not coalesce('{{ action }}' = any(unread.actions), false)
            then case when {{ relation }}.account_id is null then 0 else {{ relation }}.{{ column }} end
    end::bigint
{%- endmacro %}
