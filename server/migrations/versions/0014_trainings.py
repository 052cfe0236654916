"""Who was trained on an asset, who has left, and which assets are due for it again.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server import append_only

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FACTS = ("asset_training", "operator_departure")


def upgrade() -> None:
    op.create_table(
        "asset_training",
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("trainer_id", sa.Uuid(), nullable=False),
        sa.Column("operators", sa.JSON(), nullable=False),
        sa.Column("signed_by", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_asset_training_asset_id")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_asset_training_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["user_account.id"], name=op.f("fk_asset_training_trainer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_training")),
    )
    op.create_index("ix_asset_training_asset_id", "asset_training", ["asset_id", "trained_on"])
    op.create_table(
        "operator_departure",
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_operator_departure_asset_id")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_operator_departure_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_departure")),
    )
    op.create_index("ix_operator_departure_asset_id", "operator_departure", ["asset_id", "left_on"])
    op.add_column("asset", sa.Column("retraining_since", sa.Date(), nullable=True))
    op.create_index(
        "ix_asset_retraining",
        "asset",
        ["estate_id", "id"],
        sqlite_where=sa.text("retraining_since IS NOT NULL"),
        postgresql_where=sa.text("retraining_since IS NOT NULL"),
    )
    for table in FACTS:
        append_only.protect(op.get_bind(), table)


def downgrade() -> None:
    op.drop_index("ix_asset_retraining", "asset")
    with op.batch_alter_table("asset") as table:
        table.drop_column("retraining_since")
    op.drop_table("operator_departure")
    op.drop_table("asset_training")
