-- Purpose: how the versions of each record that comes several times follow one another, in the order of their arrival.
-- Grain:   one row per stored current version and incoming row.
-- Takes:   {incoming} (for provider answers with the fields that an answer left out filled in), stored_current, contested.
-- Gives:   outcome 'stored', 'new', 'revised', 'same' or 'older', and whether a later version supersedes the row.
--          A row counts unless one observed later came before it; of two of the same instant the later row counts.
with rows_in_order as (
    select true as stored, batch, line, {content}
    from stored_current
    where hash({id}) in (select identity from contested where several)
    union all
    select false as stored, batch, line, {content}
    from {incoming}
    where hash({id}) in (select identity from contested where several)
),

filled as (
    select stored, batch, line, {filled}
    from rows_in_order
    {filling}
),

judged as (
    select
        *,
        observed_at >= coalesce(
            max(observed_at) over (
                partition by account_id, region, {id}
                order by stored desc, batch, line
                rows between unbounded preceding and 1 preceding
            ),
            observed_at
        ) as counts
    from filled
),

compared as (
    select
        *,
        lag(row({content})) over (
            partition by account_id, region, {id}, counts
            order by stored desc, batch, line
        ) as before
    from judged
),

outcomes as (
    select
        * exclude (before, counts),
        case
            when stored then 'stored'
            when not counts then 'older'
            when before is null and not retracted then 'new'
            when before is null or before is distinct from row({content}) then 'revised'
            else 'same'
        end as outcome
    from compared
)

select
    *,
    outcome in ('stored', 'new', 'revised')
    and max(case when outcome in ('new', 'revised') then 1 else 0 end) over (
        partition by account_id, region, {id}
        order by stored desc, batch, line
        rows between 1 following and unbounded following
    ) = 1 as superseded
from outcomes
