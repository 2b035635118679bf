"""A user's tariff on top of the shipped one, as the file and as the oracle has it.

Prices change at a full hour inside a month and change back, a region gets a price of its own, a rate becomes a sourced
zero, a discount begins, and the included storage and the temporary instance change their size.
"""

from fractions import Fraction

from tests.oracle.prices import CNY, SHIPPED, Price, PriceList, Value
from tests.oracle.times import second

_MORNING, _NOON, _MID_JUNE = (
    "2024-05-10T08:00:00+08:00",
    "2024-05-20T13:00:00+08:00",
    "2024-06-15T00:00:00+08:00",
)
_SOURCE = 'source = "contract 7"\nread = "2024-05"\ntrust = "own"\n'

OWN_TOML = f"""
[tariff]
id = "own-cn"
base = "alibaba-cn"

[[rates]]
rate = "ebs.essd_pl1"
region = "cn-hangzhou"
price = "0.0017"
per = "GiB-hour"
from = {_MORNING}
until = {_NOON}
{_SOURCE}
[[rates]]
rate = "ebs.essd_pl1"
region = "cn-beijing"
price = "0.191"
per = "100 GiB-hour"
from = {_NOON}
{_SOURCE}
[[rates]]
rate = "eci.vcpu"
region = "cn-hangzhou"
price = "0.00004"
per = "vCPU-second"
from = {_MID_JUNE}
{_SOURCE}
[[rates]]
rate = "ebs.instant_access"
region = "cn-hangzhou"
price = "0"
per = "GiB-month"
from = {_NOON}
{_SOURCE}
[[discounts]]
rate = "ebs.snapshot"
region = "cn-hangzhou"
off = "15%"
from = {_NOON}
{_SOURCE}
[[values]]
value = "included_ephemeral_gib"
is = "40.5"
from = {_MORNING}
{_SOURCE}
[[values]]
value = "temporary_instance_vcpu"
is = "1"
from = {_MID_JUNE}
{_SOURCE}
"""

OWN: PriceList = CNY.with_own(
    (
        Price("ebs.essd_pl1", "0.0017", "GiB-hour", "cn-hangzhou", second(_MORNING), second(_NOON)),
        Price("ebs.essd_pl1", "0.191", "100 GiB-hour", "cn-beijing", second(_NOON)),
        Price("eci.vcpu", "0.00004", "vCPU-second", "cn-hangzhou", second(_MID_JUNE)),
        Price("ebs.instant_access", "0", "GiB-month", "cn-hangzhou", second(_NOON)),
        Price("ebs.snapshot", "0.12", "GiB-month", "cn-hangzhou", second(_NOON), off=Fraction(15, 100)),
    ),
    (
        Value("included storage GiB", Fraction("40.5"), second(_MORNING)),
        Value("temporary instance vCPU", Fraction(1), second(_MID_JUNE)),
    ),
)

PRICES: dict[str, PriceList] = {**SHIPPED, "own-cn": OWN}
