"""Whether all rows of a record file are plain; of files written before nothing is known, which is always right."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column."""
    op.add_column("recordfile", sa.Column("plain", sa.Boolean(), nullable=False, server_default=sa.false()))
