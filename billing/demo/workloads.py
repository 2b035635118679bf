"""The made-up company: who runs which image how often, for how long, and from which kind of cache."""

from dataclasses import dataclass
from typing import Literal

Rhythm = Literal["service", "nightly", "office", "training"]

HOUR_WEIGHTS: dict[Rhythm, tuple[int, ...]] = {
    "service": (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 9, 10, 11, 11, 10, 9, 9, 10, 11, 9, 6, 4),
    "nightly": (6, 14, 18, 16, 8, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3),
    "office": (0, 0, 0, 0, 0, 0, 0, 1, 4, 9, 12, 10, 3, 7, 12, 12, 10, 8, 5, 3, 2, 1, 0, 0),
    "training": (1, 0, 0, 0, 0, 0, 0, 0, 1, 3, 4, 3, 1, 2, 4, 4, 4, 5, 7, 8, 6, 4, 3, 2),
}
"""How the starts of a day lie on its hours (UTC+8)."""

WEEKEND_PERCENT: dict[Rhythm, int] = {"service": 65, "nightly": 100, "office": 8, "training": 45}
"""Starts on a Saturday or Sunday against those of a working day."""

PLATFORM, SEARCH, LEARNING = "1024387710453921", "1187730025518846", "1330921846705532"
HANGZHOU, SHANGHAI = "cn-hangzhou", "cn-shanghai"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Workload:
    """One image that instances run.

    size_gib: of its caches; snapshot_percent: of that, what the snapshot really holds. extra_gib: ephemeral storage
    declared beyond the included 30 GiB, which is what automatic caches are charged by. starts: instances on a working
    day. run_min: shortest and longest run, in minutes. release_days: a new version, and with it a new cache, so often.
    keep_days: retention asked for, None for ever. tidy: old versions are deleted by hand at once, not in a clean-up.
    """

    name: str
    team: str
    env: str
    account: str
    region: str
    automatic: bool = False
    size_gib: int = 30
    snapshot_percent: int = 30
    extra_gib: int = 0
    instant: bool = False
    vcpu: int
    memory_gib: int
    rhythm: Rhythm
    starts: int
    run_min: tuple[int, int]
    release_days: int
    keep_days: int | None = None
    tidy: bool = True

    @property
    def repository(self) -> str:
        """Where its image is pulled from."""
        return f"registry-vpc.{self.region}.aliyuncs.com/{self.team}/{self.name}"


WORKLOADS: tuple[Workload, ...] = (
    Workload(
        name="ranker", team="search", env="prod", account=SEARCH, region=HANGZHOU, size_gib=40, snapshot_percent=27,
        instant=True, vcpu=8, memory_gib=16, rhythm="service", starts=9, run_min=(150, 780), release_days=6,
    ),
    Workload(
        name="indexer", team="search", env="prod", account=SEARCH, region=HANGZHOU, size_gib=60, snapshot_percent=41,
        vcpu=8, memory_gib=32, rhythm="nightly", starts=8, run_min=(45, 190), release_days=9, keep_days=30,
    ),
    Workload(
        name="query-parser", team="search", env="staging", account=SEARCH, region=HANGZHOU, automatic=True,
        vcpu=2, memory_gib=4, rhythm="office", starts=5, run_min=(20, 240), release_days=5,
    ),
    Workload(
        name="bidder", team="ads", env="prod", account=SEARCH, region=HANGZHOU, size_gib=20, snapshot_percent=22,
        vcpu=4, memory_gib=8, rhythm="service", starts=8, run_min=(90, 600), release_days=4, keep_days=14,
    ),
    Workload(
        name="flink-etl", team="data", env="prod", account=PLATFORM, region=HANGZHOU, size_gib=50, snapshot_percent=35,
        vcpu=4, memory_gib=16, rhythm="nightly", starts=9, run_min=(25, 150), release_days=12, tidy=False,
    ),
    Workload(
        name="spark-sql", team="data", env="prod", account=PLATFORM, region=HANGZHOU, automatic=True, extra_gib=40,
        vcpu=8, memory_gib=32, rhythm="nightly", starts=6, run_min=(30, 200), release_days=15,
    ),
    Workload(
        name="report-export", team="data", env="prod", account=PLATFORM, region=SHANGHAI, automatic=True, extra_gib=10,
        vcpu=2, memory_gib=8, rhythm="nightly", starts=3, run_min=(10, 60), release_days=20,
    ),
    Workload(
        name="runner-go", team="ci", env="ci", account=PLATFORM, region=HANGZHOU, automatic=True,
        vcpu=4, memory_gib=8, rhythm="office", starts=16, run_min=(4, 18), release_days=14,
    ),
    Workload(
        name="runner-node", team="ci", env="ci", account=PLATFORM, region=HANGZHOU, size_gib=20, snapshot_percent=48,
        vcpu=2, memory_gib=4, rhythm="office", starts=12, run_min=(3, 15), release_days=10, keep_days=21,
    ),
    Workload(
        name="storefront", team="web", env="prod", account=PLATFORM, region=HANGZHOU, size_gib=30, snapshot_percent=18,
        vcpu=4, memory_gib=8, rhythm="service", starts=7, run_min=(120, 660), release_days=7,
    ),
    Workload(
        name="storefront", team="web", env="staging", account=PLATFORM, region=SHANGHAI, automatic=True,
        vcpu=2, memory_gib=4, rhythm="office", starts=4, run_min=(30, 300), release_days=3,
    ),
    Workload(
        name="trainer", team="ml", env="prod", account=LEARNING, region=SHANGHAI, size_gib=120, snapshot_percent=62,
        instant=True, vcpu=16, memory_gib=64, rhythm="training", starts=2, run_min=(240, 1900), release_days=5,
        tidy=False,
    ),
    Workload(
        name="embedder", team="ml", env="prod", account=LEARNING, region=SHANGHAI, size_gib=80, snapshot_percent=55,
        vcpu=8, memory_gib=32, rhythm="service", starts=4, run_min=(60, 420), release_days=11, keep_days=45,
    ),
    Workload(
        name="notebook", team="ml", env="dev", account=LEARNING, region=HANGZHOU, automatic=True, extra_gib=20,
        vcpu=4, memory_gib=16, rhythm="office", starts=5, run_min=(60, 540), release_days=16,
    ),
)  # fmt: skip
