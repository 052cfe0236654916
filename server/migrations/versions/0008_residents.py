"""Photos sent with a request, door codes, and what customers say afterwards.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: A picture and an upload show an order, an incident or a request; both tables say so alike.
SHOWING = ("photo", "upload")
NOBODY = uuid.UUID(int=0)


def upgrade() -> None:
    for table in SHOWING:
        with op.batch_alter_table(table) as rows:
            rows.add_column(sa.Column("request_id", sa.Uuid(), nullable=True))
            rows.add_column(sa.Column("request_number", sa.String(length=20), nullable=True))
            rows.create_foreign_key(
                op.f(f"fk_{table}_request_id"), "service_request", ["request_id"], ["id"]
            )
            rows.drop_constraint(op.f(f"ck_{table}_shows_one"), type_="check")
            rows.create_check_constraint(
                op.f(f"ck_{table}_shows_one"),
                "(CASE WHEN order_id IS NULL THEN 0 ELSE 1 END)"
                " + (CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END)"
                " + (CASE WHEN request_id IS NULL THEN 0 ELSE 1 END) = 1",
            )
    with op.batch_alter_table("photo") as photo:
        photo.alter_column("device_id", existing_type=sa.String(length=63), nullable=True)
    op.create_index("ix_photo_request_id", "photo", ["request_id"])
    op.create_index("ix_work_order_request_id", "work_order", ["request_id"])
    with op.batch_alter_table("service_request") as request:
        request.alter_column("registered_by", existing_type=sa.Uuid(), nullable=True)
    op.create_table(
        "door_code",
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(length=40), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(unit_id IS NULL) <> (place IS NULL)", name=op.f("ck_door_code_hangs_at_one")
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_door_code_estate_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_door_code_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_code")),
        sa.UniqueConstraint("estate_id", "unit_id", name=op.f("uq_door_code_estate_id_unit_id")),
        sa.UniqueConstraint("estate_id", "place", name=op.f("uq_door_code_estate_id_place")),
    )
    op.create_table(
        "customer_rating",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("timeliness", sa.Integer(), nullable=True),
        sa.Column("attitude", sa.Integer(), nullable=True),
        sa.Column("quality", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=500), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(f"{axis} BETWEEN 1 AND 5", name=op.f(f"ck_customer_rating_{axis}"))
            for axis in ("timeliness", "attitude", "quality")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_customer_rating_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_customer_rating_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_rating")),
        sa.UniqueConstraint("order_id", name=op.f("uq_customer_rating_order_id")),
    )
    op.create_table(
        "report_count",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_report_count")),
    )
    op.create_index("ix_report_count_since_at", "report_count", ["since_at"])


def downgrade() -> None:
    op.drop_index("ix_report_count_since_at", "report_count")
    op.drop_table("report_count")
    op.drop_table("customer_rating")
    op.drop_table("door_code")
    request = sa.table("service_request", sa.column("registered_by", sa.Uuid()))
    alone = request.c.registered_by.is_(None)
    op.execute(sa.update(request).where(alone).values(registered_by=NOBODY))
    with op.batch_alter_table("service_request") as rows:
        rows.alter_column("registered_by", existing_type=sa.Uuid(), nullable=False)
    _forget_photos_of_requests()
    op.drop_index("ix_work_order_request_id", "work_order")
    op.drop_index("ix_photo_request_id", "photo")
    with op.batch_alter_table("photo") as rows:
        rows.alter_column("device_id", existing_type=sa.String(length=63), nullable=False)
    for table in SHOWING:
        with op.batch_alter_table(table) as rows:
            rows.drop_constraint(op.f(f"ck_{table}_shows_one"), type_="check")
            rows.drop_constraint(op.f(f"fk_{table}_request_id"), type_="foreignkey")
            rows.drop_column("request_number")
            rows.drop_column("request_id")
            rows.create_check_constraint(
                op.f(f"ck_{table}_shows_one"), "(order_id IS NULL) <> (incident_id IS NULL)"
            )


def _forget_photos_of_requests() -> None:
    """The revision before has no place for these rows; the pictures stay as files."""
    photo = sa.table(
        "photo", sa.column("id"), sa.column("request_id"), sa.column("near_duplicate_of")
    )
    window = sa.table("photo_window", sa.column("photo_id"))
    upload = sa.table("upload", sa.column("request_id"))
    gone = sa.select(photo.c.id).where(photo.c.request_id.is_not(None))
    strokes = sa.table("signature_print", sa.column("photo_id"))
    for of_photo in (window, strokes):
        op.execute(sa.delete(of_photo).where(of_photo.c.photo_id.in_(gone)))
    copies = photo.c.near_duplicate_of.in_(gone)
    op.execute(sa.update(photo).where(copies).values(near_duplicate_of=None))
    for rows in (photo, upload):
        op.execute(sa.delete(rows).where(rows.c.request_id.is_not(None)))
