-- Purpose: what could explain that a quota's count and its observation differ.
-- Grain:   one row per quota.
-- Takes:   quota_keys, cache_records, every_instance_posting; $at_s; for how many seconds an automatic cache is kept:
--          $never_matched_s, $matched_s.
-- Gives:   last_seen_s, when a record of a cache that counts was last observed; unseen, caches that count and whose record is
--          older than another's of the region, the newest of them from unseen_since_s; overdue, caches that count though the
--          provider's own rule ends them; changes, places taken or given back since the quota's latest observation; unknown,
--          cache ids that instances name and no record describes, of any creation method.
with holders as (
    select
        p.quota_key,
        epoch_us(c.observed_at) // 1000000 as seen_s,
        max(epoch_us(c.observed_at) // 1000000) over (partition by c.account_id, c.region) as last_seen_s,
        c.deleted_at is null as open,
        q.creation_method = 'automatic'
        and c.deleted_at is null
        and c.failed_s is null
        and case
            when c.last_matched_at is null then c.created_s + $never_matched_s
            else greatest(c.created_s, epoch_us(c.last_matched_at) // 1000000) + $matched_s
        end < $at_s as overdue
    from cache_records as c
    inner join quota_places as p on c.cache_key = p.cache_key and c.batch = p.batch and c.line = p.line and p.sign = 1
    inner join quota_keys as q on p.quota_key = q.quota_key
    where p.created_s <= $at_s and p.place_until_s > $at_s
),

counted as (
    select
        quota_key,
        max(seen_s) as last_seen_s,
        count(*) filter (overdue) as overdue,
        count(*) filter (open and seen_s < last_seen_s) as unseen,
        max(seen_s) filter (open and seen_s < last_seen_s) as unseen_since_s
    from holders
    group by quota_key
),

unknown as (
    select i.account_id, i.region, count(distinct i.cache_id) as unknown
    from every_instance_posting as i
    where
        i.sign = 1
        and i.started_s <= $at_s
        and i.cache_id is not null
        and i.cache_key not in (select c.cache_key from cache_records as c)
    group by i.account_id, i.region
),

changes as (
    select h.quota_key, count(*) as changes
    from quota_history as h
    inner join quota_history as b on h.quota_key = b.quota_key and h.at_s = b.until_s
    where h.counted <> b.counted and h.at_s > h.observed_s
    group by h.quota_key
)

select
    q.account_id,
    q.region,
    q.quota,
    c.last_seen_s,
    coalesce(c.overdue, 0) as overdue,
    coalesce(c.unseen, 0) as unseen,
    c.unseen_since_s,
    coalesce(s.changes, 0) as changes,
    coalesce(u.unknown, 0) as unknown
from quota_keys as q
left join counted as c on q.quota_key = c.quota_key
left join changes as s on q.quota_key = s.quota_key
left join unknown as u on q.account_id = u.account_id and q.region = u.region
