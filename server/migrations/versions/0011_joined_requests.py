"""Requests that are done by one order; what a unit's orders and complaints are found by.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joined_request",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_by", sa.Uuid(), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_request.id"], name=op.f("fk_joined_request_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_joined_request_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_joined_request_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joined_request")),
        sa.UniqueConstraint("request_id", name=op.f("uq_joined_request_request_id")),
    )
    op.create_index(op.f("ix_joined_request_order_id"), "joined_request", ["order_id"])
    op.create_index("ix_complaint_unit", "complaint", ["unit_id", "recorded_at"])


def downgrade() -> None:
    op.drop_index("ix_complaint_unit", "complaint")
    op.drop_table("joined_request")
