-- Purpose: what each row of the bill is for, and whether it can be compared with our usage at all.
-- Grain:   one row per row of the bill.
-- Takes:   bill_rows, item_families, region_ids, known_ids, known_accounts.
-- Gives:   place: file and line in one number; verdict: compare, or the reason why not; resource: under what our side lists it where resolved, else the bill's own id;
--          due: what the row asks for after everything is taken off; bucket in the bill's grain.
create or replace temp table scoped_rows as
select
    file,
    line,
    (cast(file as bigint) << 40) + row_number as place,
    family,
    case when account <> '' then account else coalesce(known_account, only_account, '') end as account_id,
    case when family in ('snapshot', 'local_snapshot', 'enabling') then row_region else coalesce(known_region, row_region) end as region,
    case when family in ('snapshot', 'local_snapshot', 'enabling') then row_region else coalesce(known_resource, id) end as resource,
    known_resource is not null or family in ('snapshot', 'local_snapshot', 'enabling') as resolved,
    kind,
    {bucket} as bucket,
    gross_or_net as gross,
    gross_or_net_places as places,
    discount,
    coupons,
    round_down,
    coalesce(pretax, gross_or_net - discount - coupons - round_down) as pretax,
    vouchers,
    tax,
    coalesce(pretax, gross_or_net - discount - coupons - round_down) - vouchers + tax as due,
    case
        when kind_of_row in ('refund', '退款', 'adjustment', '调账', '退订') or kind_of_row like 'refund%' then 'refund'
        when focus and lower(charge_class) = 'correction' then 'refund'
        when focus and kind_of_row = 'tax' then 'tax'
        when focus and kind_of_row = 'credit' then 'voucher'
        when cycle <> '' and cycle <> '{cycle}' then 'other_month'
        when kind_of_row in ('subscriptionorder', 'purchase', '预付订单') or lower(subscription) in ('subscription', '包年包月', '预付费')
            then 'prepaid'
        when family = 'other' then 'other_product'
        when account <> '' and not account_known then 'other_account'
        when family in ('vcpu', 'memory') and known_resource is not null and kind <> 'build' then 'own_compute'
        when family in ('disk', 'ephemeral') and kind = 'none' then 'no_cache'
        when family = 'ephemeral' and kind = 'manual' then 'own_storage'
        else 'compare'
    end as verdict,
    list_price,
    list_price_unit,
    usage,
    usage_unit,
    period,
    resource_package,
    begin_s,
    concat_ws(' ', nullif(product, ''), nullif(coalesce(nullif(item_code, ''), item_name), '')) as item
from (
    select
        r.* exclude (region),
        f.family,
        coalesce(nullif(r.owner, ''), r.payer) as account,
        a.account_id is not null as account_known,
        {only_account} as only_account,
        k.account_id as known_account,
        k.region as known_region,
        k.resource as known_resource,
        k.kind,
        coalesce(g.region_id, '') as row_region,
        coalesce(nullif(r.instance_id, ''), r.split_id) as id,
        lower(r.item_type) as kind_of_row,
        coalesce(r.gross, r.pretax + coalesce(r.discount, 0) + coalesce(r.coupons, 0) + coalesce(r.round_down, 0))
            as gross_or_net,
        r.gross_places as gross_or_net_places
    from (
        select
            * replace (
                coalesce(coupons, 0) as coupons,
                coalesce(round_down, 0) as round_down,
                coalesce(vouchers, 0) as vouchers,
                coalesce(tax, 0) as tax,
                case
                    when discount is not null then discount
                    when focus and gross is not null and pretax is not null then gross - pretax
                    else 0
                end as discount
            )
        from bill_rows
    ) as r
    inner join item_families as f
        on
            r.product = f.product
            and r.product_name = f.product_name
            and r.product_detail = f.product_detail
            and r.commodity = f.commodity
            and r.item_code = f.item_code
            and r.item_name = f.item_name
    left join known_accounts as a on coalesce(nullif(r.owner, ''), r.payer) = a.account_id
    left join region_ids as g on r.region = g.region and case when f.family in ('snapshot', 'local_snapshot', 'enabling') then r.instance_id else '' end = g.instance_id
    left join known_ids as k
        on
            case
                when r.split_id <> '' and r.split_id in (select id from known_ids) then r.split_id
                else r.instance_id
            end = k.id
) as named
