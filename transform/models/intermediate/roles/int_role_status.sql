-- Whether the account has a metric for each role, and if not, whether that is plausible. Metrics are found by name: a
-- new name, another form of integration or an edited seed would otherwise turn an unknown number into 0.
with

evidenced as (
    select * from {{ ref('int_role_evidence') }}
),

judged as (
    select
        *,
        case
            when metric_names is not null and is_reported and is_silent then 'missing'
            when metric_names is not null and has_successor then 'doubtful'
            when metric_names is not null then 'found'
            when is_reported or is_certain then 'missing'
            when reported_count > 0 or probable_metric_id is not null then 'doubtful'
            else 'absent'
        end as status
    from evidenced
)

select
    *,
    status = 'missing' or (status = 'doubtful' and metric_names is null) as is_unknown
from judged
