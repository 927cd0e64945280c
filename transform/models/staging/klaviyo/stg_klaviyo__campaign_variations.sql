-- A row that was not there when its message was re-read is stale: the variation was deleted. A message whose
-- variations were all deleted keeps the last ones, because nothing is loaded that says so. Rows loaded before there was
-- a `read_at` are older than any other, and count until their message is re-read.
with

source as (
    select * from {{ source('tap_klaviyo', 'campaign_variations') }}
),

renamed as (
    select
        account_id,
        id as variation_id,
        campaign_message_id as message_id,

        name as variation_name,
        {{ message_channel('channel') }} as channel,
        subject,
        sender,
        read_at
    from source
),

ranked as (
    select
        *,
        rank() over (partition by account_id, message_id order by read_at desc nulls last) = 1 as is_still_true
    from renamed
)

select * from ranked
where is_still_true
