"""Plans of checks and what they found; what a signature covers.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: What a signature of before this revision covered: the results there were by then.
COVERED = """
    UPDATE signature SET covers_results = (
        SELECT count(*) FROM step_result
        WHERE step_result.order_id = signature.order_id
        AND step_result.device_at <= signature.signed_at
    )
"""


def upgrade() -> None:
    op.create_table(
        "inspection_plan",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("every", sa.String(length=8), nullable=False),
        sa.Column("inspector_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_inspection_plan_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["user_account.id"], name=op.f("fk_inspection_plan_inspector_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_plan")),
    )
    op.create_index("ix_inspection_plan_estate_id", "inspection_plan", ["estate_id", "active"])
    op.create_table(
        "inspection",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_inspection_estate_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["inspection_plan.id"], name=op.f("fk_inspection_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["user_account.id"], name=op.f("fk_inspection_checked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("plan_id", "period_on", name=op.f("uq_inspection_plan_id_period_on")),
    )
    with op.batch_alter_table("corrective_action") as actions:
        actions.alter_column("order_id", existing_type=sa.Uuid(), nullable=True)
        actions.add_column(sa.Column("inspection_id", sa.Uuid(), nullable=True))
        actions.create_foreign_key(
            op.f("fk_corrective_action_inspection_id"), "inspection", ["inspection_id"], ["id"]
        )
        actions.create_check_constraint(
            op.f("ck_corrective_action_follows_one"),
            "(order_id IS NULL) <> (inspection_id IS NULL)",
        )
    op.create_index(
        "ix_corrective_action_open",
        "corrective_action",
        ["estate_id", "due_on", "id"],
        sqlite_where=sa.text("verified_at IS NULL"),
        postgresql_where=sa.text("verified_at IS NULL"),
    )
    op.add_column(
        "signature",
        sa.Column("covers_results", sa.Integer(), nullable=False, server_default="0"),
    )
    op.execute(COVERED)


def downgrade() -> None:
    op.drop_column("signature", "covers_results")
    op.drop_index("ix_corrective_action_open", "corrective_action")
    # The revision before has no place for what follows from a check.
    action = sa.table("corrective_action", sa.column("inspection_id"))
    op.execute(sa.delete(action).where(action.c.inspection_id.is_not(None)))
    with op.batch_alter_table("corrective_action") as actions:
        actions.drop_constraint(op.f("ck_corrective_action_follows_one"), type_="check")
        actions.drop_constraint(op.f("fk_corrective_action_inspection_id"), type_="foreignkey")
        actions.drop_column("inspection_id")
        actions.alter_column("order_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_table("inspection")
    op.drop_table("inspection_plan")
