-- Purpose: what becomes of rows whose record comes once and is stored already; no window, one join.
-- Grain:   one row per incoming row that is not the same as what is stored.
-- Takes:   {incoming}; stored_current; contested.
-- Gives:   outcome 'new' (a hash was shared, nothing more), 'revised' or 'older'; the stored version that a revision supersedes.
select
    i.batch,
    i.line,
    {incoming_content},
    s.batch as stored_batch,
    s.line as stored_line,
    case
        when s.batch is null and not i.retracted then 'new'
        when i.observed_at < s.observed_at then 'older'
        else 'revised'
    end as outcome
from {incoming} as i
left join stored_current as s
    on i.account_id = s.account_id and i.region = s.region and i.{id} = s.{id}
where
    hash(i.{id}) in (select identity from contested where not several)
    and (s.batch is null or row({incoming_content}) is distinct from row({stored_content}))
