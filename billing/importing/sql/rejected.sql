-- Purpose: the rejected rows of one input, as the quarantine keeps them.
-- Grain:   one row per rejected row.
-- Takes:   bad_lines (line, problem); {raw_texts}: line, raw, code, message of these lines; problems (number, code, message).
-- Gives:   batch, path, line, raw, code, message. What was found while reading goes before what checking found.
select
    {batch} as batch,
    {path} as path,
    b.line,
    coalesce(r.raw, '') as raw,
    coalesce(r.code, p.code) as code,
    coalesce(r.message, p.message) as message
from bad_lines as b
inner join problems as p on b.problem = p.number
left join ({raw_texts}) as r on b.line = r.line
