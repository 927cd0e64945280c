with

source as (
    {{ raw_table_if_any('list_sizes', {
        'account_id': 'text',
        'list_id': 'text',
        'date': 'date',
        'profile_count': 'bigint',
    }) }}
),

renamed as (
    select
        account_id,
        list_id,

        profile_count as members,

        date as date_day
    from source
)

select * from renamed
