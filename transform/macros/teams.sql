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
    its tables without a schema shows whatever workspace its login belongs to. A second set of tables beside `analytics`
    has workspaces only if `role_prefix` gives them names of their own. -#}
{% macro publish_to_teams(team_clients) %}
    {%- set is_published = target.schema == 'analytics' or var('role_prefix') -%}
    {%- if execute and is_published and 'account_id' in model.columns -%}
        {%- set prefix, teams = var('role_prefix') ~ 'team_', teams() -%}
        {#- A team that is no longer in the seed sees nothing any more. -#}
        {%- set published = run_query(
            "select relnamespace::regnamespace::text from pg_class where relname = '" ~ this.identifier
            ~ "' and starts_with(relnamespace::regnamespace::text, '" ~ prefix
            ~ "') and reloptions @> '{security_barrier=true}'"
        ).columns[0].values() -%}
        {%- for workspace in published if workspace[prefix | length:] not in teams %}
            drop view {{ workspace }}.{{ this.identifier }};
        {%- endfor -%}
        {%- for team in teams %}
            {%- set workspace = prefix ~ team %}
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
