"""What a reviewer is told of an order: its suspicion, the draw, measured photos, known strokes.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITING, _RETURNED = "qa_state = 'pending'", "qa_state = 'returned'"
#: index -> which rows it holds, on SQLite and on PostgreSQL
_QUEUES = {
    "ix_work_order_qa_waiting": (_WAITING, _WAITING),
    "ix_work_order_qa_chosen": (f"{_WAITING} AND qa_chosen = 1", f"{_WAITING} AND qa_chosen"),
    "ix_work_order_qa_returned": (_RETURNED, _RETURNED),
}
_BANDS = tuple(f"band{number}" for number in range(8))


def upgrade() -> None:
    op.create_table(
        "qa_assessment",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("must_review", sa.Boolean(), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("share_percent", sa.Integer(), nullable=False),
        sa.Column("draw", sa.Integer(), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_qa_assessment_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_qa_assessment_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_qa_assessment")),
    )
    op.add_column(
        "work_order", sa.Column("qa_place", sa.Integer(), server_default="-1", nullable=False)
    )
    op.add_column(
        "work_order",
        sa.Column("qa_chosen", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    for index, (on_sqlite, on_postgresql) in _QUEUES.items():
        op.create_index(
            index,
            "work_order",
            ["estate_id", "qa_place", "id"],
            sqlite_where=sa.text(on_sqlite),
            postgresql_where=sa.text(on_postgresql),
        )
    op.create_index(
        "ix_work_order_category_accepted", "work_order", ["estate_id", "category", "accepted_at"]
    )
    op.add_column("qa_review", sa.Column("technician_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE qa_review SET technician_id ="
        " (SELECT technician_id FROM work_order WHERE work_order.id = qa_review.order_id)"
    )
    op.create_index("ix_qa_review_technician", "qa_review", ["technician_id", "reviewed_at"])
    op.add_column("photo", sa.Column("sharpness", sa.Integer(), nullable=True))
    op.add_column("photo", sa.Column("brightness", sa.Integer(), nullable=True))
    op.create_table(
        "signature_print",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("cells", sa.String(length=32), nullable=False),
        *(sa.Column(band, sa.Integer(), nullable=False) for band in _BANDS),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photo.id"], name=op.f("fk_signature_print_photo_id")
        ),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_signature_print")),
    )
    for band in _BANDS:
        op.create_index(f"ix_signature_print_{band}", "signature_print", [band])


def downgrade() -> None:
    op.drop_table("signature_print")
    op.drop_column("photo", "brightness")
    op.drop_column("photo", "sharpness")
    op.drop_index("ix_qa_review_technician", "qa_review")
    op.drop_column("qa_review", "technician_id")
    op.drop_index("ix_work_order_category_accepted", "work_order")
    for index in _QUEUES:
        op.drop_index(index, "work_order")
    op.drop_column("work_order", "qa_chosen")
    op.drop_column("work_order", "qa_place")
    op.drop_table("qa_assessment")
