{#- What a role counts, whatever the channel: `email_opened` and `push_opened` are both `opened`. A failed SMS and a
    bounced email are the same action. Null for roles of no channel, and for those that only resemble one of its own:
    `list_unsubscribed` is not `email_unsubscribed`. -#}
{% macro role_action(role, channel) -%}
    case
        when {{ channel }} is null or not starts_with({{ role }}, {{ channel }} || '_') then null
        when {{ role }} like '%\_failed' then 'bounced'
        else split_part({{ role }}, '_', 2)
    end
{%- endmacro %}
