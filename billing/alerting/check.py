"""One check: what is seen now goes through the states, and states, history and messages are kept in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from billing.alerting import states
from billing.alerting.describe import message, to_json
from billing.alerting.machine import Observation, State, Step, step
from billing.alerting.rules import AlertSettings, Rule
from billing.alerting.silences import fields, silenced_until
from billing.alerting.texts import Texts
from billing.alerting.watched import Watched
from billing.store.alert_ledger import AlertLedger, LedgerWriter
from billing.store.alert_models import Alert, AlertEvent, OutboxMessage, Silence
from rules.period import epoch_s, rfc3339


@dataclass(frozen=True, slots=True)
class Outcome:
    """One alert after a check: what is watched, its state, its JSON, and whether something about it changed."""

    watched: Watched
    state: State
    shown: Mapping[str, Any]
    changed: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `kept` is False for a check of a moment before the last one: that is shown, and nothing else."""

    at: datetime
    outcomes: tuple[Outcome, ...]
    kept: bool

    @property
    def firing(self) -> bool:
        """Whether anything fires."""
        return any(each.state.name == "firing" for each in self.outcomes)

    @property
    def changed(self) -> bool:
        """Whether anything changed since the check before."""
        return any(each.changed for each in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """The answer as interface.md has it."""
        return {"as_of": rfc3339(self.at), "alerts": [dict(each.shown) for each in self.outcomes]}


def run_check(
    ledger: AlertLedger,
    settings: AlertSettings,
    watched: Sequence[Watched],
    *,
    at: datetime,
    channels: Sequence[str] = (),
) -> Checked:
    """Take every alert one step on and keep what became of it, with a message for each of `channels` about each change.

    Without channels the changes count as told. What is no longer watched and fires, resolves.
    """
    now_s, t = epoch_s(at), Texts(settings.notify.language)
    last_s = ledger.last_check_s()
    if last_s is not None and last_s > now_s:
        before = {event.alert_id: states.from_text(event.state) for event in ledger.last_events(now_s)}
        silences = ledger.silences(now_s)
        outcomes = [_take(each, before.get(each.id), settings, silences, now_s, t)[0] for each in watched]
        return Checked(at, tuple(outcomes), kept=False)
    kept = []
    with ledger.writing() as writer:
        rows = writer.alerts()
        silences = writer.silences(now_s)
        gone, forgotten = _gone(rows, watched)
        for id in forgotten:
            writer.drop(id)
        for each in [*watched, *gone]:
            row = rows.get(each.id)
            before_state = None if row is None else states.from_text(row.state)
            outcome, taken = _take(each, before_state, settings, silences, now_s, t)
            _keep(writer, outcome, taken, row, now_s, t, channels)
            kept.append(outcome)
    return Checked(at, tuple(each for each in kept if _listed(each)), kept=True)


def _listed(outcome: Outcome) -> bool:
    """Whether an alert is shown: all that are watched, and what resolved because it no longer is."""
    return outcome.watched.facts is not None or outcome.state.name != "ok"


def _take(
    watched: Watched,
    before: State | None,
    settings: AlertSettings,
    silences: Sequence[Silence],
    now_s: int,
    t: Texts,
) -> tuple[Outcome, Step]:
    severity = "warning" if before is None else before.severity
    alert = fields(watched.id, watched.rule.label, severity, watched.subject)
    until_s = silenced_until(silences, alert)
    taken = step(
        before,
        watched.seen,
        now_s,
        watched.rule,
        repeat_s=settings.notify.repeat_s,
        silenced=until_s is not None,
    )
    shown = to_json(watched, taken.state, now_s, t, silenced_until_s=until_s)
    changed = taken.transition is not None or taken.notice is not None
    return Outcome(watched, taken.state, shown, changed), taken


def _keep(
    writer: LedgerWriter,
    outcome: Outcome,
    taken: Step,
    row: Alert | None,
    now_s: int,
    t: Texts,
    channels: Sequence[str],
) -> None:
    id, state = outcome.watched.id, states.to_text(taken.state)
    shown = json.dumps(outcome.shown, ensure_ascii=False)
    changed_s = now_s if row is None or outcome.changed else row.changed_s
    writer.put(
        Alert(
            id=id,
            rule=outcome.watched.rule.label,
            state=state,
            shown=shown,
            checked_s=now_s,
            changed_s=changed_s,
        )
    )
    if row is None or outcome.changed:
        kind = taken.transition or taken.notice or "watched"
        writer.add(AlertEvent(alert_id=id, at_s=now_s, kind=kind, who=None, state=state, shown=shown))
    if taken.notice is None or not channels:
        return
    key = sha256(f"{id} {taken.state.number} {taken.notice} {now_s}".encode()).hexdigest()[:32]
    said = message(outcome.watched, taken.state, taken.notice, now_s, t, taken.state.number)
    content = {
        "key": key,
        "change": taken.notice,
        "title": said.title,
        "text": said.text,
        "as_of": rfc3339(now_s),
        "alerts": [outcome.shown],
    }
    for channel in channels:
        writer.add(
            OutboxMessage(
                key=key,
                channel=channel,
                alert_id=id,
                content=json.dumps(content, ensure_ascii=False),
                created_s=now_s,
                next_s=now_s,
            )
        )


def _gone(rows: Mapping[str, Alert], watched: Sequence[Watched]) -> tuple[list[Watched], list[str]]:
    """The alerts that no rule or record is about now, and of those the ids that are ok already."""
    present = {each.id for each in watched}
    gone, forgotten = [], []
    for id, row in sorted(rows.items()):
        if id in present:
            continue
        if states.from_text(row.state).name == "ok":
            forgotten.append(id)
        else:
            subject = json.loads(row.shown)["subject"]
            gone.append(Watched(Rule(row.rule, ()), subject, Observation(None), None))
    return gone, forgotten
