"""Notes, saved filters, alerts for one person, indexes of the desk's lists and of the audit search.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.append_only import protect, release

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN = sa.text("resolved_at IS NULL")
_LIST = ["updated_at", "id"]


def upgrade() -> None:
    op.create_table(
        "note",
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_note_author_id")),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_note_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_subject", "note", ["subject_kind", "subject", "at"])
    protect(op.get_bind(), "note")
    op.create_table(
        "saved_filter",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("list_name", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_saved_filter_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_filter_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint(
            "user_id", "list_name", "name", name=op.f("uq_saved_filter_user_id_list_name_name")
        ),
    )
    op.create_index("ix_saved_filter_shared", "saved_filter", ["estate_id", "list_name", "shared"])
    op.add_column("alert", sa.Column("addressee_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_alert_addressee",
        "alert",
        ["addressee_id", "raised_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    for column in ("category", "urgency"):
        op.create_index(f"ix_work_order_{column}", "work_order", ["estate_id", column, *_LIST])
    under_way = sa.text("state NOT IN ('archived', 'cancelled', 'closed', 'void')")
    op.create_index(
        "ix_work_order_under_way",
        "work_order",
        ["estate_id", *_LIST],
        sqlite_where=under_way,
        postgresql_where=under_way,
    )
    for flag in ("late", "hazard"):
        op.create_index(
            f"ix_work_order_{flag}",
            "work_order",
            ["estate_id", *_LIST],
            sqlite_where=sa.text(f"{flag} = 1"),
            postgresql_where=sa.text(flag),
        )
    for column in ("kind", "urgency"):
        op.create_index(
            f"ix_service_request_{column}",
            "service_request",
            ["estate_id", column, "registered_at"],
        )
    op.create_index("ix_history_at", "history", ["estate_id", "at"])
    op.create_index("ix_history_actor_at", "history", ["actor", "at"])


def downgrade() -> None:
    op.drop_index("ix_history_actor_at", "history")
    op.drop_index("ix_history_at", "history")
    for column in ("urgency", "kind"):
        op.drop_index(f"ix_service_request_{column}", "service_request")
    for column in ("hazard", "late", "under_way", "urgency", "category"):
        op.drop_index(f"ix_work_order_{column}", "work_order")
    op.drop_index("ix_alert_addressee", "alert")
    op.drop_column("alert", "addressee_id")
    op.drop_index("ix_saved_filter_shared", "saved_filter")
    op.drop_table("saved_filter")
    release(op.get_bind(), "note")
    op.drop_index("ix_note_subject", "note")
    op.drop_table("note")
