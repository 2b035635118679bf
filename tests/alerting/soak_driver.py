"""Checks alerts over and over in a process that may be killed at any moment: it is given workspace, log, count and seed.

Which check comes next stands in the ledger alone, as for a check that cron starts. What a receiver gets is appended to LOG.
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from billing.alerting.channels import Content, DeliveryError
from billing.alerting.check import run_check
from billing.alerting.delivery import deliver
from billing.alerting.machine import State, step
from billing.alerting.reading import read_alerts
from billing.alerting.rules import AlertSettings
from billing.alerting.watched import Seen, Watched, watch
from billing.settings import Settings
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import HOUR_S, instant
from tests.alerting.made import quota_use

BEGIN_S = 1_800_000_000
EVERY_S = 60
REGIONS = ("cn-beijing", "cn-hangzhou", "cn-shanghai")
CHANNELS = ("steady", "shaky")


class Receiver:
    """Appends what it gets to a file; a shaky one sometimes fails before that, and sometimes behind it."""

    def __init__(self, name: str, log: Path) -> None:
        self._name, self._log = name, log

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    def send(self, content: Content, *, now_s: int) -> None:
        """Take a message."""
        luck = random.randrange(10) if self._name == "shaky" else 9
        if luck == 0:
            raise DeliveryError("refused")
        number = int(str(content["text"]).rpartition("#")[2])
        line = json.dumps([self._name, content["key"], content["alerts"][0]["id"], number, content["change"]])
        with self._log.open("a") as target:
            target.write(line + "\n")
        if luck == 1:
            raise DeliveryError("no answer")


def settings() -> AlertSettings:
    """The defaults, with a short wait before it fires."""
    found = Settings(alerts={"quota": [{"for": "2m"}]}, notify={"repeat": "4h"})
    return read_alerts(found, Path("imcost.toml"))


def watched(number: int, seed: int) -> list[Watched]:
    """What the check of that number sees: use that moves now and then, around the thresholds."""
    at = instant(BEGIN_S + number * EVERY_S)
    uses = []
    for index, region in enumerate(REGIONS):
        luck = random.Random(f"{seed} {region} {number // (5 + index)}")
        uses.append(quota_use(at, luck.choice([50, 74, 76, 79, 80, 85, 93, 95, 98]), 100, region=region))
    return watch(settings(), Seen(at, quotas=uses))


def expected(count: int, seed: int) -> Iterator[tuple[str, int, str]]:
    """Every message that so many checks are about: alert, its number, and the change."""
    before: dict[str, State] = {}
    for number in range(count):
        for each in watched(number, seed):
            taken = step(
                before.get(each.id), each.seen, BEGIN_S + number * EVERY_S, each.rule, repeat_s=4 * HOUR_S
            )
            before[each.id] = taken.state
            if taken.notice is not None:
                yield each.id, taken.state.number, taken.notice


def main(root: str, log: str, count: str, seed: str) -> None:
    """Check and deliver from where the ledger stands up to the last check, then deliver until nothing waits."""
    ledger = open_store(Workspace(Path(root))).alerts
    receivers = [Receiver(name, Path(log)) for name in CHANNELS]
    while True:
        last_s = ledger.last_check_s()
        number = 0 if last_s is None else (last_s - BEGIN_S) // EVERY_S + 1
        if number >= int(count):
            break
        now_s = BEGIN_S + number * EVERY_S
        run_check(ledger, settings(), watched(number, int(seed)), at=instant(now_s), channels=CHANNELS)
        deliver(ledger, receivers, now_s=now_s, pause=lambda _: None)
    now_s = BEGIN_S + int(count) * EVERY_S
    while ledger.waiting():
        now_s += HOUR_S // 2
        deliver(ledger, receivers, now_s=now_s, pause=lambda _: None)
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
