"""A search index, shifts and absences, how orders find their technician, indexes of moments.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TOKEN = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
_MOMENTS = (
    "appointment_at",
    "issued_at",
    "dispatched_at",
    "arrived_at",
    "accepted_at",
    "written_off_at",
)


def upgrade() -> None:
    op.create_table(
        "search_document",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_search_document_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint(
            "estate_id", "kind", "subject", name=op.f("uq_search_document_estate_id_kind_subject")
        ),
    )
    op.create_table(
        "search_token",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("token", _TOKEN, nullable=False),
        sa.Column("document_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["search_document.id"], name=op.f("fk_search_token_document_id")
        ),
        sa.PrimaryKeyConstraint("kind", "token", "document_id", name=op.f("pk_search_token")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shift",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_shift_estate_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_shift_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index("ix_shift_from_at", "shift", ["estate_id", "from_at"])
    op.create_table(
        "absence",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_absence_estate_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_absence_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_until_at", "absence", ["estate_id", "until_at"])
    op.create_table(
        "assignment_mode",
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_assignment_mode_estate_id")
        ),
        sa.PrimaryKeyConstraint("estate_id", "category", name=op.f("pk_assignment_mode")),
    )
    for moment in _MOMENTS:
        op.create_index(f"ix_work_order_{moment}", "work_order", ["estate_id", moment])
    op.create_index(
        "ix_work_order_emergency",
        "work_order",
        ["estate_id", "state", "updated_at", "id"],
        sqlite_where=sa.text("urgency = 'emergency'"),
        postgresql_where=sa.text("urgency = 'emergency'"),
    )
    op.create_index("ix_assignment_technician", "assignment", ["technician_id", "from_at"])


def downgrade() -> None:
    op.drop_index("ix_assignment_technician", "assignment")
    op.drop_index("ix_work_order_emergency", "work_order")
    for moment in reversed(_MOMENTS):
        op.drop_index(f"ix_work_order_{moment}", "work_order")
    op.drop_table("assignment_mode")
    op.drop_index("ix_absence_until_at", "absence")
    op.drop_table("absence")
    op.drop_index("ix_shift_from_at", "shift")
    op.drop_table("shift")
    op.drop_table("search_token")
    op.drop_table("search_document")
