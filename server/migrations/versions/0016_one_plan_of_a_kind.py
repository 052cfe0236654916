"""Who said of a correction that it is done; an asset has one plan of a kind at work; filters of any
list are kept.

Where there were several at work, the newest goes on and the older ones are paused, in so many words.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import logging

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEX = "uq_preventive_plan_at_work"
log = logging.getLogger(__name__)


def upgrade() -> None:
    op.add_column("corrective_action", sa.Column("done_by", sa.Uuid(), nullable=True))
    _pause_the_older_ones(op.get_bind())
    op.create_index(
        INDEX,
        "preventive_plan",
        ["asset_id", "kind"],
        unique=True,
        sqlite_where=sa.text("active = 1"),
        postgresql_where=sa.text("active"),
    )
    _name_lists(12, 24)


def downgrade() -> None:
    op.execute("DELETE FROM saved_filter WHERE length(list_name) > 12")
    _name_lists(24, 12)
    op.drop_index(INDEX, table_name="preventive_plan")
    op.drop_column("corrective_action", "done_by")


def _pause_the_older_ones(connection: sa.Connection) -> None:
    """Ids are in the order in which plans were made; the clock of a paused plan does nothing."""
    plan = sa.table(
        "preventive_plan",
        sa.column("id", sa.Uuid()),
        sa.column("asset_id", sa.Uuid()),
        sa.column("kind", sa.String()),
        sa.column("active", sa.Boolean()),
    )
    asset = sa.table("asset", sa.column("id", sa.Uuid()), sa.column("label", sa.String()))
    at_work = connection.execute(
        sa.select(plan.c.id, plan.c.asset_id, plan.c.kind, asset.c.label)
        .join(asset, asset.c.id == plan.c.asset_id)
        .where(plan.c.active)
        .order_by(plan.c.id.desc())
    )
    newest = set()
    for row in at_work.all():
        if (row.asset_id, row.kind) not in newest:
            newest.add((row.asset_id, row.kind))
            continue
        connection.execute(sa.update(plan).where(plan.c.id == row.id).values(active=False))
        log.warning(
            "设备 %s 有多项使用中的 %s 计划,已停用较早的一项"
            " the older of two preventive plans of one kind was paused: %s",
            row.label,
            row.kind,
            row.id,
        )


def _name_lists(before: int, after: int) -> None:
    with op.batch_alter_table("saved_filter") as table:
        table.alter_column(
            "list_name",
            type_=sa.String(length=after),
            existing_type=sa.String(length=before),
            existing_nullable=False,
        )
