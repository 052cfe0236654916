"""Indexes over what technicians have in hand, for the board by technician and for suggestions.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

IN_HAND = "state NOT IN ('archived', 'cancelled', 'closed', 'created', 'void')"
INDEXES = {
    "ix_work_order_in_hand": ["technician_id", "updated_at", "id"],
    "ix_work_order_in_hand_appointment": ["technician_id", "appointment_at"],
    "ix_work_order_in_hand_unit": ["unit_id", "state"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(
            name,
            "work_order",
            columns,
            sqlite_where=sa.text(IN_HAND),
            postgresql_where=sa.text(IN_HAND),
        )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="work_order")
