"""The rows of alerts in the catalogue: their states and history, silences, and the outbox of messages.

Instants are epoch seconds (`*_s`). SQLModel does not validate `table=True` rows; what comes in here has been made by the program.
"""

from sqlmodel import Field, SQLModel, UniqueConstraint


class Alert(SQLModel, table=True):
    """One alert as its last check left it: what is watched, the state of alerting/machine.py as JSON, and what is shown of it.

    `checked_s` and `changed_s` are epoch seconds: the last check, and the last one that changed something.
    """

    id: str = Field(primary_key=True)
    rule: str
    state: str
    shown: str
    checked_s: int
    changed_s: int


class AlertEvent(SQLModel, table=True):
    """One change of an alert, or what somebody did about it, with the state and what was shown after it; never changed.

    `kind` is a transition of alerting/machine.py, or `acked`.
    """

    id: int | None = Field(default=None, primary_key=True)
    alert_id: str = Field(index=True)
    at_s: int = Field(index=True)
    kind: str
    who: str | None
    state: str
    shown: str


class Silence(SQLModel, table=True):
    """Alerts that match are not told between two instants; ended early, `until_s` moves to then."""

    id: int | None = Field(default=None, primary_key=True)
    match: str
    from_s: int
    until_s: int
    reason: str
    who: str


class OutboxMessage(SQLModel, table=True):
    """One change for one channel, written with the state that it tells of: sent, given up, or to be tried at `next_s`.

    `key` is the change's and the same for all channels; `channel` is a name without secrets.
    """

    __table_args__ = (UniqueConstraint("key", "channel"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    channel: str
    alert_id: str
    content: str
    created_s: int
    next_s: int = Field(index=True)
    attempts: int = 0
    sent_s: int | None = None
    given_up_s: int | None = None
    error: str | None = None
