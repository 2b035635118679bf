-- Purpose: the rejected rows of one input, as the quarantine keeps them.
-- Grain:   one row per rejected row.
-- Takes:   bad_rows (row, problem); {raw_texts}: row, line, raw, code, message of these rows; problems (number, code, message).
-- Gives:   batch, path, line, raw, code, message. What was found while reading goes before what checking found.
select
    {batch} as batch,
    {path} as path,
    coalesce(r.line, b.row) as line,
    coalesce(r.raw, '') as raw,
    coalesce(r.code, p.code) as code,
    coalesce(r.message, p.message) as message
from bad_rows as b
inner join problems as p on b.problem = p.number
left join ({raw_texts}) as r on b.row = r.row
