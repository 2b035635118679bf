-- Purpose: digests of the records that count, over everything that metering reads of them.
-- Grain:   one row per bucket of 10,000 lines of a batch.
-- Takes:   {postings}, restricted by {condition}; taken_back(batch, line), the versions that were reversed; {columns}: SQL texts
--          of the canonical row, in order; $batch and $chunk (lines by the million): what fits into memory at once.
-- Gives:   records, how many; digest: SHA-256 over the bucket's rows in order of line, each ended by a line feed. A row is its
--          columns, joined by a unit separator; what is not known is empty.
select
    count(*) as records,
    sha256(string_agg(concat_ws(chr(31), {columns}) || chr(10), '' order by line)) as digest
from {postings}
where
    sign = 1
    and {condition}
    and batch = $batch
    and line // 1000000 = $chunk
    and (batch, line) not in (select (t.batch, t.line) from taken_back as t)
group by line // 10000
order by line // 10000
