-- Purpose: instances as answers tell them, whose start is only derived where nothing better is known.
-- Grain:   one row per incoming row.
-- Takes:   {incoming}; instance_postings, the journal.
-- Gives:   the same columns. A derived start is left out where the instance is known: merging then keeps the start it has.
with derived_starts as (
    select batch, line, account_id, region, instance_id
    from {incoming}
    where list_contains(string_split(derived, ','), 'started_at')
),

known as (
    select
        d.batch,
        d.line,
        coalesce(list_contains(string_split(p.derived, ','), 'started_at'), false) as start_is_derived
    from derived_starts as d
    inner join instance_postings as p
        on d.account_id = p.account_id and d.region = p.region and d.instance_id = p.instance_id
    where p.sign >= 0
    qualify row_number() over (
        partition by d.batch, d.line
        order by p.observed_at desc, p.batch desc, p.line desc
    ) = 1
)

select
    i.* replace (
        case when k.line is null then i.started_at end as started_at,
        case
            when k.line is null or k.start_is_derived then i.derived
            else nullif(array_to_string(list_filter(string_split(i.derived, ','), lambda x: x <> 'started_at'), ','), '')
        end as derived
    )
from {incoming} as i
left join known as k on i.batch = k.batch and i.line = k.line
