"""The provider's region names, as bills write them, and the ids that usage records have.

Source: the provider's list of regions (2026-11). A name that isn't here stays as it is.
"""

from collections.abc import Mapping

_NAMES: Mapping[str, tuple[str, ...]] = {
    "cn-hangzhou": ("华东1（杭州）", "华东1(杭州)", "华东1", "杭州", "China (Hangzhou)", "Hangzhou"),
    "cn-shanghai": ("华东2（上海）", "华东2(上海)", "华东2", "上海", "China (Shanghai)", "Shanghai"),
    "cn-qingdao": ("华北1（青岛）", "华北1(青岛)", "华北1", "青岛", "China (Qingdao)", "Qingdao"),
    "cn-beijing": ("华北2（北京）", "华北2(北京)", "华北2", "北京", "China (Beijing)", "Beijing"),
    "cn-zhangjiakou": (
        "华北3（张家口）",
        "华北3(张家口)",
        "华北3",
        "张家口",
        "China (Zhangjiakou)",
        "Zhangjiakou",
    ),
    "cn-huhehaote": ("华北5（呼和浩特）", "华北5(呼和浩特)", "华北5", "呼和浩特", "China (Hohhot)", "Hohhot"),
    "cn-wulanchabu": (
        "华北6（乌兰察布）",
        "华北6(乌兰察布)",
        "华北6",
        "乌兰察布",
        "China (Ulanqab)",
        "Ulanqab",
    ),
    "cn-shenzhen": ("华南1（深圳）", "华南1(深圳)", "华南1", "深圳", "China (Shenzhen)", "Shenzhen"),
    "cn-heyuan": ("华南2（河源）", "华南2(河源)", "华南2", "河源", "China (Heyuan)", "Heyuan"),
    "cn-guangzhou": ("华南3（广州）", "华南3(广州)", "华南3", "广州", "China (Guangzhou)", "Guangzhou"),
    "cn-chengdu": ("西南1（成都）", "西南1(成都)", "西南1", "成都", "China (Chengdu)", "Chengdu"),
    "cn-hongkong": ("中国香港", "中国（香港）", "香港", "China (Hong Kong)", "Hong Kong"),
    "ap-southeast-1": ("新加坡", "亚太东南1（新加坡）", "Singapore"),
    "ap-southeast-3": ("马来西亚（吉隆坡）", "Malaysia (Kuala Lumpur)"),
    "ap-southeast-5": ("印度尼西亚（雅加达）", "Indonesia (Jakarta)"),
    "ap-northeast-1": ("日本（东京）", "Japan (Tokyo)"),
    "us-west-1": ("美国（硅谷）", "US (Silicon Valley)"),
    "us-east-1": ("美国（弗吉尼亚）", "US (Virginia)"),
    "eu-central-1": ("德国（法兰克福）", "Germany (Frankfurt)"),
    "eu-west-1": ("英国（伦敦）", "UK (London)"),
}

_IDS = {name.lower(): id for id, names in _NAMES.items() for name in (id, *names)}


def region_id(name: str) -> str:
    """The id of the region that a bill names; the name itself where it isn't known."""
    return _IDS.get(name.strip().lower(), name.strip())
