"""The books: the audit trail, statements of closed months, and the tariffs that they were priced by."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "auditentry",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False, unique=True),
        sa.Column("previous", sa.String(), nullable=False, unique=True),
    )
    op.create_table(
        "closedstatement",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("entry_id", sa.Integer(), sa.ForeignKey("auditentry.id"), nullable=False, index=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False, unique=True),
        sa.Column("signature", sa.String(), nullable=True),
    )
    op.create_table(
        "frozentariff",
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("content", sa.String(), nullable=False),
    )
