{#- The teams of seeds/team_clients.csv, once it is loaded. -#}
{% macro teams() %}
    {%- set seed = adapter.get_relation(target.database, target.schema ~ '_staging', 'team_clients') if execute -%}
    {%- if seed -%}
        {{ return(run_query('select distinct team from ' ~ seed ~ ' order by 1').columns[0].values() | list) }}
    {%- endif -%}
    {{ return([]) }}
{% endmacro %}

{#- After a mart is built: the same table in each team's workspace, with the team's clients only. A view in the schema
    `team_<team>`, replaced in the mart's own transaction. What has no client is not for teams. A dashboard that names
    its tables without a schema shows whatever workspace its login belongs to. -#}
{% macro publish_to_teams(team_clients) %}
    {%- if execute and 'account_id' in model.columns -%}
        {%- for team in teams() %}
            {%- set workspace = var('role_prefix') ~ 'team_' ~ team %}
            create schema if not exists {{ workspace }};
            drop view if exists {{ workspace }}.{{ this.identifier }};
            create view {{ workspace }}.{{ this.identifier }} with (security_barrier) as
            select * from {{ this }}
            where client in (
                {%- for row in run_query("select client from " ~ team_clients ~ " where team = '" ~ team ~ "'").rows %}
                {{ dbt.string_literal(row[0]) }}{{ ',' if not loop.last }}
                {%- endfor %}
            );
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
