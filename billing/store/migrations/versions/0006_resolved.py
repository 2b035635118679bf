"""Under which digest a file's records are known to count once; of files written before nothing is known, and a close looks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column."""
    op.add_column("recordfile", sa.Column("resolved", sa.String(), nullable=False, server_default=""))
