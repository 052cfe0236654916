"""Who said of a correction that it is done: he does not verify it.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("corrective_action", sa.Column("done_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("corrective_action", "done_by")
