-- Purpose: what instances give to many lines at once: how many, how long, what is cut off them, and the first few by name.
-- Grain:   one row per line and declared extra storage.
-- Takes:   wanted_lines(line, cache_key, from_s, until_s), made before; instance_postings; {first}: how many are named.
-- Gives:   records and seconds inside of the line's period; began_before, run_on: how many are cut at its begin and end; first:
--          the earliest records, by their begin.
select
    w.line,
    i.extra_ephemeral_micro,
    count(*) as records,
    cast(sum(least(i.until_s, w.until_s) - greatest(i.started_s, w.from_s)) as hugeint) as seconds,
    count(*) filter (where i.started_s < w.from_s) as began_before,
    count(*) filter (where i.until_s > w.until_s) as run_on,
    min(
        struct_pack(
            started_s := i.started_s,
            instance_id := i.instance_id,
            until_s := i.until_s,
            known_until_s := i.known_until_s,
            batch := i.batch,
            line := i.line,
            observed_s := epoch_us(i.observed_at) // 1000000
        ),
        {first}
    ) as first
from wanted_lines as w
inner join instance_postings as i
    on w.cache_key = i.cache_key and i.started_s < w.until_s and i.until_s > w.from_s
where
    i.sign = 1
    and not exists (
        select 1
        from instance_postings as r
        where r.sign = -1 and r.cache_key = i.cache_key and r.batch = i.batch and r.line = i.line
    )
group by w.line, i.extra_ephemeral_micro
order by w.line, i.extra_ephemeral_micro
