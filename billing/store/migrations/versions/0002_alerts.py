"""Alerts: their states and history, silences, and the outbox of messages."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _columns(
    type_: type[sa.String] | type[sa.Integer], *names: str, null: bool = False
) -> list[sa.Column[object]]:
    return [sa.Column(name, type_(), nullable=null) for name in names]


def upgrade() -> None:
    """Make the tables of alerts."""
    op.create_table(
        "alert",
        sa.Column("id", sa.String(), primary_key=True),
        *_columns(sa.String, "rule", "state", "shown"),
        *_columns(sa.Integer, "checked_s", "changed_s"),
    )
    op.create_table(
        "alertevent",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("alert_id", sa.String(), nullable=False, index=True),
        sa.Column("at_s", sa.Integer(), nullable=False, index=True),
        *_columns(sa.String, "kind"),
        *_columns(sa.String, "who", null=True),
        *_columns(sa.String, "state", "shown"),
    )
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_columns(sa.String, "match"),
        *_columns(sa.Integer, "from_s", "until_s"),
        *_columns(sa.String, "reason", "who"),
    )
    op.create_table(
        "outboxmessage",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_columns(sa.String, "key", "channel", "alert_id", "content"),
        *_columns(sa.Integer, "created_s"),
        sa.Column("next_s", sa.Integer(), nullable=False, index=True),
        *_columns(sa.Integer, "attempts"),
        *_columns(sa.Integer, "sent_s", "given_up_s", null=True),
        *_columns(sa.String, "error", null=True),
        sa.UniqueConstraint("key", "channel"),
    )
