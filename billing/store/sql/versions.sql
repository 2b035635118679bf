-- Purpose: the versions that an import adds to the journal, each with the signs that it is posted with.
-- Grain:   one row per version.
-- Takes:   {incoming}, contested, chain, pairs.
-- Gives:   the content, and signs: 1 where the version counts, 1 and -1 where it is history already, 0 for a withdrawal.
select batch, line, {content}, case when retracted then [0] else [1] end as signs
from {incoming}
where hash(account_id, region, {id}) not in (select identity from contested)
union all
select
    batch,
    line,
    {content},
    case when retracted then [0] when superseded or outcome = 'older' then [1, -1] else [1] end as signs
from chain
where outcome in ('new', 'revised', 'older')
union all
select
    batch,
    line,
    {content},
    case when retracted then [0] when outcome = 'older' then [1, -1] else [1] end as signs
from pairs
