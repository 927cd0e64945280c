{#- A fact in words: "Attributed revenue: 5,218.59 USD, up 50.1% from 3,475.61 USD in the month before; mostly campaigns
    (+1,542.11 USD)." Every number in it is a column of the row. -#}
{% macro report_sentence() -%}
    concat(
        label, ': ', {{ report_number('value') }},
        case
            when previous is null then ', nothing to compare with in the ' || period || ' before'
            when value = previous then ', as in the ' || period || ' before'
            else concat(
                case when value > previous then ', up' else ', down' end,
                case
                    when unit = 'ratio' then ' ' || to_char(abs(value - previous) * 100, 'FM999,999,990.00') || ' points'
                    else ' ' || to_char(abs(change) * 100, 'FM999,999,990.0') || '%'
                end,
                ' from ', {{ report_number('previous') }}, ' in the ', period, ' before'
            )
        end,
        '; ' || case
            when reason = 'campaigns' then 'mostly campaigns (' || {{ report_number('reason_value', true) }} || ')'
            when reason = 'flows' then 'mostly flows (' || {{ report_number('reason_value', true) }} || ')'
            when reason = 'orders' then 'mostly the number of orders (' || to_char(reason_value, 'FMSG999,999,990') || ')'
            when reason = 'amount_per_order'
                then 'mostly the amount per order (orders: ' || to_char(reason_value, 'FMSG999,999,990') || ')'
            when reason = 'attributed_revenue'
                then 'mostly attributed revenue (' || to_char(reason_value, 'FMSG999,999,999,990.00') || ' ' || currency || ')'
            when reason = 'revenue'
                then 'mostly store revenue (' || to_char(reason_value, 'FMSG999,999,999,990.00') || ' ' || currency || ')'
            when reason = 'healthy' then 'healthy (bound: ' || {{ report_number('reason_value') }} || ')'
            when reason = 'attention' then 'needs attention (healthy bound: ' || {{ report_number('reason_value') }} || ')'
            when reason = 'poor' then 'poor (healthy bound: ' || {{ report_number('reason_value') }} || ')'
        end,
        '.'
    )
{%- endmacro %}

{% macro report_number(column, is_signed=false) -%}
    {%- set sign = 'SG' if is_signed else '' -%}
    case
        when unit = 'ratio' then to_char({{ column }} * 100, 'FM{{ sign }}999,999,990.00') || '%'
        when unit = 'money' then to_char({{ column }}, 'FM{{ sign }}999,999,999,990.00') || ' ' || currency
        else to_char({{ column }}, 'FM{{ sign }}999,999,999,990')
    end
{%- endmacro %}
