"""The index of orders that a reviewer has to look at begins with that they have to be looked at.

Before, it and the index of all that wait were alike to SQLite, which took either.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INDEX = "ix_work_order_qa_chosen"


def upgrade() -> None:
    _make_anew("estate_id", "qa_chosen", "qa_place", "id")


def downgrade() -> None:
    _make_anew("estate_id", "qa_place", "id")


def _make_anew(*columns: str) -> None:
    op.drop_index(INDEX, table_name="work_order")
    op.create_index(
        INDEX,
        "work_order",
        list(columns),
        sqlite_where=sa.text("qa_state = 'pending' AND qa_chosen = 1"),
        postgresql_where=sa.text("qa_state = 'pending' AND qa_chosen"),
    )
