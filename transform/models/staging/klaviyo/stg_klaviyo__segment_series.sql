-- A row that was not there when its day was re-read is stale: Klaviyo no longer has the segment.
with

source as (
    {{ raw_table_if_any('segment_series', {
        'account_id': 'text',
        'segment_id': 'text',
        'date': 'date',
        'read_at': 'timestamp',
    }, ['total_members', 'members_added', 'members_removed']) }}
),

renamed as (
    select
        account_id,
        segment_id,

        total_members::bigint as members,
        members_added::bigint as added,
        members_removed::bigint as removed,

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
