"""The first catalogue: batches, record files, the quarantine and quota observations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("path", "kind", "format")),
        sa.Column("fingerprint", sa.String(), nullable=False, index=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("observed_at", "imported_at")),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("read", "new", "revised", "unchanged", "rejected")
        ),
    )
    op.create_table(
        "recordfile",
        sa.Column("name", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "role")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "reversals", "bytes")),
        sa.Column("sha256", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("from_s", "until_s")),
    )
    op.create_table(
        "rejection",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("batch_id", sa.Integer(), sa.ForeignKey("batch.id"), nullable=False, index=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("raw", "code", "message")),
    )
    op.create_table(
        "quotaobservation",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("batch_id", sa.Integer(), sa.ForeignKey("batch.id"), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("account_id", "region", "quota")),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=True),
        sa.Column("observed_at", sa.String(), nullable=False),
        sa.UniqueConstraint("account_id", "region", "quota", "observed_at"),
    )
