"""The lineage of record files: which were merged into which. What was merged before isn't known, and no statement names it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "merging",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False, unique=True),
        sa.Column("previous", sa.String(), nullable=False, unique=True),
    )
