-- Purpose: the ids that a bill's row can name: instances, the container groups of builds, and caches.
-- Grain:   one row per id; one that several accounts or regions have is left to the row's own account.
-- Takes:   instance_postings, known_caches.
-- Gives:   resource: under what our side lists it; kind: build, or what the instance was made from (manual, automatic, unknown, none).
create or replace temp table known_ids as
select id, any_value(account_id) as account_id, any_value(region) as region, any_value(resource) as resource, min(kind) as kind
from (
    select
        i.instance_id as id,
        i.account_id,
        i.region,
        i.instance_id as resource,
        case
            when k.cache_id is null then 'none'
            else coalesce(c.creation_method, 'unknown')
        end as kind
    from instance_postings as i
    left join cache_keys as k on i.cache_key = k.cache_key
    left join known_caches as c on i.cache_key = c.cache_key
    union all
    select
        unnest([container_group_id, cache_id]) as id,
        account_id,
        region,
        coalesce(container_group_id, cache_id) as resource,
        'build' as kind
    from known_caches
) as ids
where id is not null
group by id
