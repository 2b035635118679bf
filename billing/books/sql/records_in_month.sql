-- Purpose: how many records exist in a month.
-- Grain:   one row.
-- Takes:   instance_postings, cache_postings; the month [$from_s, $until_s).
-- Gives:   caches, instances: charged or not. A build counts to its own end, as it is metered.
select
    (
        select coalesce(sum(sign), 0)
        from cache_postings
        where
            created_s < $until_s
            and (
                created_s >= $from_s
                or until_s > $from_s
                or (creation_method = 'manual' and coalesce(ready_s, failed_s) > $from_s)
            )
    ) as caches,
    (
        select coalesce(sum(sign), 0)
        from instance_postings
        where started_s < $until_s and (started_s >= $from_s or until_s > $from_s)
    ) as instances
