-- Purpose: what each row of the bill is for, and whether it can be compared with our usage at all.
-- Grain:   one row per subject: all that rows say alike of what they are for.
-- Takes:   bill_subjects, item_families, region_ids, known_ids, known_accounts.
-- Gives:   verdict: compare, or the reason why not; resource: under what our side lists it where resolved, else the bill's own id;
--          due: what the rows ask for after everything is taken off.
create or replace temp table subjects as
select
    subject,
    family,
    case when account <> '' then account else coalesce(known_account, only_account, '') end as account_id,
    case when family in ('snapshot', 'local_snapshot', 'enabling') then row_region else coalesce(known_region, row_region) end as region,
    case when family in ('snapshot', 'local_snapshot', 'enabling') then row_region else coalesce(known_resource, id) end as resource,
    known_resource is not null or family in ('snapshot', 'local_snapshot', 'enabling') as resolved,
    kind,
    rows,
    gross,
    discount,
    discounts,
    coupons,
    coupon_rows,
    round_down,
    pretax,
    vouchers,
    voucher_rows,
    tax,
    pretax - vouchers + tax as due,
    places,
    case
        when kind_of_row in ('refund', '退款', 'adjustment', '调账', '退订') or kind_of_row like 'refund%' then 'refund'
        when focus and lower(charge_class) = 'correction' then 'refund'
        when focus and kind_of_row = 'tax' then 'tax'
        when focus and kind_of_row = 'credit' then 'voucher'
        when month <> '' and month <> '{month}' then 'other_month'
        when kind_of_row in ('subscriptionorder', 'purchase', '预付订单') or lower(subscription) in ('subscription', '包年包月', '预付费')
            then 'prepaid'
        when family = 'other' then 'other_product'
        when account <> '' and not account_known then 'other_account'
        when family in ('vcpu', 'memory') and known_resource is not null and kind <> 'build' then 'own_compute'
        when family in ('disk', 'ephemeral') and kind = 'none' then 'no_cache'
        when family = 'ephemeral' and kind = 'manual' then 'own_storage'
        else 'compare'
    end as verdict,
    concat_ws(' ', nullif(product, ''), nullif(coalesce(nullif(item_code, ''), item_name), '')) as item
from (
    select
        s.* exclude (region),
        f.family,
        coalesce(nullif(s.owner, ''), s.payer) as account,
        a.account_id is not null as account_known,
        {only_account} as only_account,
        k.account_id as known_account,
        k.region as known_region,
        k.resource as known_resource,
        k.kind,
        coalesce(g.region_id, '') as row_region,
        coalesce(nullif(s.instance_id, ''), s.split_id) as id,
        lower(s.item_type) as kind_of_row
    from bill_subjects as s
    inner join item_families as f
        on
            s.product = f.product
            and s.product_name = f.product_name
            and s.product_detail = f.product_detail
            and s.commodity = f.commodity
            and s.item_code = f.item_code
            and s.item_name = f.item_name
    left join known_accounts as a on coalesce(nullif(s.owner, ''), s.payer) = a.account_id
    left join region_ids as g on s.region = g.region and case when f.family in ('snapshot', 'local_snapshot', 'enabling') then s.instance_id else '' end = g.instance_id
    left join known_ids as k
        on
            case
                when s.split_id <> '' and s.split_id in (select id from known_ids) then s.split_id
                else s.instance_id
            end = k.id
) as named
