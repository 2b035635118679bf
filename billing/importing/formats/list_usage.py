"""ListUsage: how many image caches there are and may be. The answer says neither account nor region nor when."""

from collections.abc import Mapping, Sequence

from billing.importing.answers import AnswerFormat, Values, text
from billing.importing.columns import QUOTAS
from billing.importing.documents import Json

COUNTED = {"manual_image_caches": "ImageCacheCount", "automatic_image_caches": "AutoImageCacheCount"}
"""The quotas of image caches, with the end of the attributes Max… and Used… that tell them."""


def quota_rows(attributes: Mapping[str, Json]) -> Sequence[Values]:
    """One row for each quota of image caches that the answer tells of; others (vCPU, data caches) are left alone."""
    told = {
        quota: (text(attributes, f"Max{end}"), text(attributes, f"Used{end}"))
        for quota, end in COUNTED.items()
    }
    return [
        {"quota": quota, "limit": limit, "used": used}
        for quota, (limit, used) in told.items()
        if limit is not None or used is not None
    ]


FORMAT = AnswerFormat(
    "ListUsage",
    ("Attributes",),
    QUOTAS,
    quota_rows,
    needs=("account_id", "region"),
    shown_by=[f"{which}{end}" for which in ("Max", "Used") for end in COUNTED.values()],
)
