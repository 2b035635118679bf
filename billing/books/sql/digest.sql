-- Purpose: one digest over the records that count, of everything that metering reads of them.
-- Grain:   one row.
-- Takes:   {postings}, restricted by {condition}; {columns}: SQL texts of the canonical row, in order.
-- Gives:   records: how many; digest: SHA-256 over the digests of buckets of 10,000 lines of a batch, in order of batch and
--          bucket, each 64 hexadecimal digits; a bucket's is over its rows in order of line, each ended by a line feed. A row is its
--          columns, joined by a unit separator; what is not known is empty.
with counting as (
    select batch, line, concat_ws(chr(31), {columns}) as row
    from {postings}
    where sign = 1 and {condition} and (batch, line) not in (select (batch, line) from {postings} where sign = -1)
),

buckets as (
    select
        batch,
        line // 10000 as bucket,
        count(*) as records,
        sha256(string_agg(row || chr(10), '' order by line)) as digest
    from counting
    group by 1, 2
)

select
    cast(coalesce(sum(records), 0) as bigint) as records,
    sha256(coalesce(string_agg(digest, '' order by batch, bucket), '')) as digest
from buckets
