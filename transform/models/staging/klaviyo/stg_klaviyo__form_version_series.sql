-- A row that was not there when its day was re-read is stale: Klaviyo no longer has the form.
with

source as (
    {{ raw_table_if_any('form_version_series', {
        'account_id': 'text',
        'form_id': 'text',
        'form_version_id': 'text',
        'date': 'date',
        'read_at': 'timestamp',
    }, ['viewed_form', 'viewed_form_uniques', 'closed_form', 'submits']) }}
),

renamed as (
    select
        account_id,
        form_id,
        form_version_id,

        viewed_form::bigint as viewed,
        viewed_form_uniques::bigint as viewed_people,
        closed_form::bigint as closed,
        submits::bigint as submitted,

        date as date_day,
        read_at
    from source
),

ranked as (
    select
        *,
        read_at = max(read_at) over (partition by account_id, date_day) as is_still_true
    from renamed
)

select * from ranked
where is_still_true
