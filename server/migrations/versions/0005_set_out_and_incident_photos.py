"""When a technician set out, and photos of incidents that have no order.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: A picture and an upload show an order or an incident; both tables say so in the same way.
SHOWING = ("photo", "upload")


def upgrade() -> None:
    op.add_column("work_order", sa.Column("set_out_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("incident") as incident:
        incident.add_column(sa.Column("device_id", sa.String(length=63), nullable=True))
        incident.add_column(sa.Column("event_id", sa.String(length=64), nullable=True))
        incident.create_foreign_key(op.f("fk_incident_device_id"), "device", ["device_id"], ["id"])
        incident.create_unique_constraint(
            op.f("uq_incident_device_id_event_id"), ["device_id", "event_id"]
        )
    for table in SHOWING:
        with op.batch_alter_table(table) as rows:
            rows.alter_column("order_id", existing_type=sa.Uuid(), nullable=True)
            rows.alter_column("order_number", existing_type=sa.String(length=20), nullable=True)
            rows.add_column(sa.Column("incident_id", sa.Uuid(), nullable=True))
            rows.add_column(sa.Column("incident_number", sa.String(length=20), nullable=True))
            rows.create_foreign_key(
                op.f(f"fk_{table}_incident_id"), "incident", ["incident_id"], ["id"]
            )
            rows.create_check_constraint(
                op.f(f"ck_{table}_shows_one"), "(order_id IS NULL) <> (incident_id IS NULL)"
            )
    op.create_index("ix_photo_incident_id", "photo", ["incident_id"])


def downgrade() -> None:
    # The revision before has no place for these rows; the pictures stay as files.
    photo = sa.table(
        "photo", sa.column("id"), sa.column("incident_id"), sa.column("near_duplicate_of")
    )
    window = sa.table("photo_window", sa.column("photo_id"))
    upload = sa.table("upload", sa.column("incident_id"))
    gone = sa.select(photo.c.id).where(photo.c.incident_id.is_not(None))
    op.execute(sa.delete(window).where(window.c.photo_id.in_(gone)))
    copies = photo.c.near_duplicate_of.in_(gone)
    op.execute(sa.update(photo).where(copies).values(near_duplicate_of=None))
    for rows in (photo, upload):
        op.execute(sa.delete(rows).where(rows.c.incident_id.is_not(None)))
    op.drop_index("ix_photo_incident_id", "photo")
    for table in SHOWING:
        with op.batch_alter_table(table) as rows:
            rows.drop_constraint(op.f(f"ck_{table}_shows_one"), type_="check")
            rows.drop_constraint(op.f(f"fk_{table}_incident_id"), type_="foreignkey")
            rows.drop_column("incident_number")
            rows.drop_column("incident_id")
            rows.alter_column("order_number", existing_type=sa.String(length=20), nullable=False)
            rows.alter_column("order_id", existing_type=sa.Uuid(), nullable=False)
    with op.batch_alter_table("incident") as incident:
        incident.drop_constraint(op.f("uq_incident_device_id_event_id"), type_="unique")
        incident.drop_constraint(op.f("fk_incident_device_id"), type_="foreignkey")
        incident.drop_column("event_id")
        incident.drop_column("device_id")
    op.drop_column("work_order", "set_out_at")
