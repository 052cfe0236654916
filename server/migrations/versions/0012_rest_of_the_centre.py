"""The rest of the centre: complaints, visits, stores, money, assets, notices, the month.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from alembic import op
from uuid_utils.compat import uuid7

from server import append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: What was written down, counted or checked is never edited.
FACTS = ("complaint_entry", "visit_result", "spot_check", "stock_movement", "custody_entry")

STOCK_INDEXES = (
    ("ix_stock_item_low", "stock_item", ["estate_id", "code"], "stock_qty < minimum_qty"),
    (
        "ix_stock_line_out",
        "stock_line",
        ["estate_id", "technician_id"],
        "issued_qty > used_qty + returned_qty + lost_qty",
    ),
)


def open_the_books(connection: sa.Connection) -> None:
    """Both books of the warehouse begin with what is there now: the stock, and what is out."""
    tables = sa.MetaData()
    tables.reflect(connection, only=["stock_item", "stock_line", "user_account", *FACTS[-2:]])
    item, line = tables.tables["stock_item"], tables.tables["stock_line"]
    user = tables.tables["user_account"]
    now = dt.datetime.now(dt.UTC)
    for row in connection.execute(sa.select(item).where(item.c.stock_qty != 0)).all():
        connection.execute(
            sa.insert(tables.tables["stock_movement"]).values(
                id=_fresh_id(item),
                estate_id=row.estate_id,
                item_id=row.id,
                qty=row.stock_qty,
                balance_qty=row.stock_qty,
                reason="opening",
                at=now,
            )
        )
    out = line.c.issued_qty - line.c.used_qty - line.c.returned_qty - line.c.lost_qty
    held = (
        sa.select(line, item.c.kind, item.c.name, out.label("out_qty"))
        .join(item, item.c.id == line.c.item_id)
        .join(user, user.c.id == line.c.technician_id)
        .where(out > 0)
    )
    for row in connection.execute(held).all():
        connection.execute(
            sa.insert(tables.tables["custody_entry"]).values(
                id=_fresh_id(item),
                estate_id=row.estate_id,
                holder_id=row.technician_id,
                kind=row.kind,
                item_id=row.item_id,
                description=row.name,
                qty=row.out_qty,
                reason="issued",
                line_id=row.id,
                order_id=row.order_id,
                at=row.issued_at or now,
            )
        )


def _fresh_id(item: sa.Table) -> uuid.UUID | str:
    # On SQLite an id is reflected as CHAR(32).
    fresh = uuid7()
    return fresh if isinstance(item.c.id.type, sa.Uuid) else fresh.hex


def upgrade() -> None:
    op.create_table(
        "finance_report",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_finance_report_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_report")),
        sa.UniqueConstraint("estate_id", "month", name=op.f("uq_finance_report_estate_id_month")),
        sa.UniqueConstraint("estate_id", "number", name=op.f("uq_finance_report_estate_id_number")),
    )
    op.create_table(
        "letter",
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.String(length=16), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_letter_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint(
            "cause", "channel", "address", name=op.f("uq_letter_cause_channel_address")
        ),
    )
    op.create_index("ix_letter_list", "letter", ["estate_id", "written_at", "id"])
    op.create_index(
        "ix_letter_waiting",
        "letter",
        ["due_at"],
        sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
    )
    op.create_table(
        "message",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("wants_reply", sa.Boolean(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_message_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("cause", name=op.f("uq_message_cause")),
    )
    op.create_index("ix_message_sent_at", "message", ["estate_id", "sent_at", "id"])
    op.create_index("ix_message_sender", "message", ["sent_by", "sent_at", "id"])
    op.create_table(
        "month_step",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_month_step_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_step")),
        sa.UniqueConstraint(
            "estate_id", "month", "step", name=op.f("uq_month_step_estate_id_month_step")
        ),
    )
    op.create_table(
        "monthly_summary",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("satisfied_items", sa.Text(), nullable=False),
        sa.Column("dissatisfied_items", sa.Text(), nullable=False),
        sa.Column("causes", sa.Text(), nullable=False),
        sa.Column("concerns", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_monthly_summary_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_summary")),
        sa.UniqueConstraint("estate_id", "month", name=op.f("uq_monthly_summary_estate_id_month")),
    )
    op.create_table(
        "price_list",
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_price_list_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("estate_id", "version", name=op.f("uq_price_list_estate_id_version")),
    )
    _name_the_lists_there_are()
    op.create_table(
        "public_notice",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("price_item", sa.String(length=20), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_public_notice_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
        sa.UniqueConstraint("estate_id", "number", name=op.f("uq_public_notice_estate_id_number")),
    )
    op.create_index("ix_public_notice_list", "public_notice", ["estate_id", "drafted_at", "id"])
    op.create_table(
        "warranty_class",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("months_from_use", sa.Integer(), nullable=True),
        sa.Column("months_from_factory", sa.Integer(), nullable=True),
        sa.Column("months_from_acceptance", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=8), nullable=False),
        sa.Column("on_site_24h", sa.Boolean(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_warranty_class_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warranty_class")),
        sa.UniqueConstraint("estate_id", "code", name=op.f("uq_warranty_class_estate_id_code")),
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=120), nullable=False),
        sa.Column("previous_secret", sa.String(length=120), nullable=True),
        sa.Column("previous_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_reason", sa.String(length=200), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_webhook_endpoint_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "complaint_cluster",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("minutes", sa.JSON(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_complaint_cluster_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["public_notice.id"], name=op.f("fk_complaint_cluster_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_cluster")),
        sa.UniqueConstraint(
            "estate_id", "number", name=op.f("uq_complaint_cluster_estate_id_number")
        ),
    )
    op.create_index(
        "ix_complaint_cluster_state", "complaint_cluster", ["estate_id", "state", "opened_at", "id"]
    )
    op.create_table(
        "message_receipt",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_on", sa.String(length=8), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_message_receipt_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_receipt_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["user_account.id"], name=op.f("fk_message_receipt_reader_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_receipt")),
        sa.UniqueConstraint(
            "message_id", "reader_id", name=op.f("uq_message_receipt_message_id_reader_id")
        ),
    )
    op.create_index("ix_message_receipt_box", "message_receipt", ["reader_id", "sent_at", "id"])
    op.create_index(
        "ix_message_receipt_unread",
        "message_receipt",
        ["reader_id", "sent_at"],
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "rectification",
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_text", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_rectification_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_rectification_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification")),
        sa.UniqueConstraint(
            "estate_id",
            "subject_kind",
            "subject",
            "round",
            name=op.f("uq_rectification_estate_id_subject_kind_subject_round"),
        ),
    )
    op.create_index(
        "ix_rectification_open",
        "rectification",
        ["estate_id", "due_on", "id"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "slip_handover",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("orders", sa.JSON(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("oral_reports", sa.JSON(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_slip_handover_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["user_account.id"], name=op.f("fk_slip_handover_given_by")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["user_account.id"], name=op.f("fk_slip_handover_received_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_handover")),
        sa.UniqueConstraint(
            "estate_id", "kind", "period_on", name=op.f("uq_slip_handover_estate_id_kind_period_on")
        ),
        sa.UniqueConstraint("estate_id", "number", name=op.f("uq_slip_handover_estate_id_number")),
    )
    op.create_table(
        "stock_count",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_stock_count_by_id")),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_stock_count_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("estate_id", "number", name=op.f("uq_stock_count_estate_id_number")),
    )
    op.create_index("ix_stock_count_at", "stock_count", ["estate_id", "at", "id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.String(length=16), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_delivery_endpoint_id")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_webhook_delivery_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "endpoint_id", "message_id", name=op.f("uq_webhook_delivery_endpoint_id_message_id")
        ),
    )
    op.create_index(
        "ix_webhook_delivery_list", "webhook_delivery", ["endpoint_id", "noted_at", "id"]
    )
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["due_at"],
        sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
    )
    op.create_table(
        "weekly_report",
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_weekly_report_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_weekly_report_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_report")),
        sa.UniqueConstraint(
            "author_id", "week_on", name=op.f("uq_weekly_report_author_id_week_on")
        ),
    )
    op.create_index("ix_weekly_report_week", "weekly_report", ["estate_id", "week_on"])
    op.create_table(
        "asset",
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("brand", sa.String(length=40), nullable=True),
        sa.Column("model", sa.String(length=60), nullable=True),
        sa.Column("serial", sa.String(length=60), nullable=True),
        sa.Column("refrigerant", sa.String(length=8), nullable=True),
        sa.Column("rated_current_a", sa.BigInteger(), nullable=True),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("factory_on", sa.Date(), nullable=True),
        sa.Column("first_use_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["warranty_class.id"], name=op.f("fk_asset_class_id")
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_asset_estate_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_asset_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("estate_id", "label", name=op.f("uq_asset_estate_id_label")),
    )
    op.create_index("ix_asset_list", "asset", ["estate_id", "kind", "id"])
    op.create_index("ix_asset_serial", "asset", ["estate_id", "serial"])
    op.create_index("ix_asset_unit_id", "asset", ["unit_id"])
    op.create_table(
        "fee_notice",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("total_fen", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_by", sa.Uuid(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_method", sa.String(length=16), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_fee_notice_estate_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["finance_report.id"], name=op.f("fk_fee_notice_report_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_fee_notice_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_notice")),
        sa.UniqueConstraint("estate_id", "number", name=op.f("uq_fee_notice_estate_id_number")),
        sa.UniqueConstraint("unit_id", "month", name=op.f("uq_fee_notice_unit_id_month")),
    )
    op.create_index("ix_fee_notice_list", "fee_notice", ["estate_id", "due_on", "id"])
    op.create_index("ix_fee_notice_month", "fee_notice", ["estate_id", "month", "state", "id"])
    op.create_index(
        "ix_fee_notice_unpaid",
        "fee_notice",
        ["estate_id", "due_on", "id"],
        sqlite_where=sa.text("paid_at IS NULL"),
        postgresql_where=sa.text("paid_at IS NULL"),
    )
    op.create_table(
        "fee_reminder",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_fee_reminder_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["fee_notice.id"], name=op.f("fk_fee_reminder_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_reminder")),
    )
    op.create_index(op.f("ix_fee_reminder_notice_id"), "fee_reminder", ["notice_id"])
    op.create_table(
        "preventive_plan",
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("every_months", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_preventive_plan_asset_id")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_preventive_plan_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_preventive_plan_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preventive_plan")),
    )
    op.create_index("ix_preventive_plan_asset_id", "preventive_plan", ["asset_id"])
    op.create_index(
        "ix_preventive_plan_next_on", "preventive_plan", ["estate_id", "active", "next_on", "id"]
    )
    op.create_table(
        "replacement_proposal",
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("order_number", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("days_in_repair", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decision_text", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_replacement_proposal_asset_id")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_replacement_proposal_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement_proposal")),
        sa.UniqueConstraint(
            "estate_id",
            "reason",
            "order_number",
            name=op.f("uq_replacement_proposal_estate_id_reason_order_number"),
        ),
    )
    op.create_index("ix_replacement_proposal_asset_id", "replacement_proposal", ["asset_id"])
    op.create_index(
        "ix_replacement_proposal_open",
        "replacement_proposal",
        ["estate_id", "proposed_at", "id"],
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "warranty_check",
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("order_number", sa.String(length=20), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("finding", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_warranty_check_asset_id")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_warranty_check_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warranty_check")),
    )
    op.create_index("ix_warranty_check_asset_id", "warranty_check", ["asset_id", "checked_at"])
    op.create_index("ix_warranty_check_order_number", "warranty_check", ["order_number"])
    op.create_table(
        "notice_recipient",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_notice_recipient_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["public_notice.id"], name=op.f("fk_notice_recipient_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_recipient_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_request.id"], name=op.f("fk_notice_recipient_request_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_notice_recipient_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_recipient")),
        sa.UniqueConstraint(
            "notice_id",
            "unit_id",
            "person_id",
            name=op.f("uq_notice_recipient_notice_id_unit_id_person_id"),
        ),
    )
    op.create_index("ix_notice_recipient_unit_id", "notice_recipient", ["unit_id"])
    op.create_table(
        "billing_entry",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("payment_method", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("labour_fen", sa.Integer(), nullable=False),
        sa.Column("material_fen", sa.Integer(), nullable=False),
        sa.Column("waived_fen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("charge_fen", sa.Integer(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_note", sa.String(length=200), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_billing_entry_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["fee_notice.id"], name=op.f("fk_billing_entry_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_billing_entry_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["finance_report.id"], name=op.f("fk_billing_entry_report_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_billing_entry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_entry")),
        sa.UniqueConstraint("order_id", name=op.f("uq_billing_entry_order_id")),
    )
    op.create_index("ix_billing_entry_month", "billing_entry", ["estate_id", "month", "id"])
    op.create_index("ix_billing_entry_notice_id", "billing_entry", ["notice_id"])
    op.create_index(
        "ix_billing_entry_state", "billing_entry", ["estate_id", "state", "month", "id"]
    )
    op.create_index("ix_billing_entry_unit", "billing_entry", ["unit_id", "month"])
    op.create_table(
        "capacity_application",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("circuit", sa.String(length=60), nullable=False),
        sa.Column("load_a", sa.BigInteger(), nullable=False),
        sa.Column("rating_a", sa.BigInteger(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("decision_text", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_capacity_application_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_capacity_application_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_application")),
        sa.UniqueConstraint("order_id", name=op.f("uq_capacity_application_order_id")),
    )
    op.create_index(
        "ix_capacity_application_list", "capacity_application", ["estate_id", "applied_at", "id"]
    )
    op.create_table(
        "old_part",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.String(length=120), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("fate", sa.String(length=16), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_old_part_estate_id")),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["user_account.id"], name=op.f("fk_old_part_holder_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["work_order.id"], name=op.f("fk_old_part_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_part")),
    )
    op.create_index("ix_old_part_order_id", "old_part", ["order_id"])
    op.create_index(
        "ix_old_part_out",
        "old_part",
        ["estate_id", "holder_id"],
        sqlite_where=sa.text("handed_in_at IS NULL"),
        postgresql_where=sa.text("handed_in_at IS NULL"),
    )
    op.create_table(
        "preventive_run",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_preventive_run_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_preventive_run_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["preventive_plan.id"], name=op.f("fk_preventive_run_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_request.id"], name=op.f("fk_preventive_run_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preventive_run")),
        sa.UniqueConstraint("plan_id", "due_on", name=op.f("uq_preventive_run_plan_id_due_on")),
    )
    op.create_index("ix_preventive_run_order_id", "preventive_run", ["order_id"])
    op.create_index("ix_preventive_run_request_id", "preventive_run", ["request_id"])
    op.create_table(
        "waiver",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decision_note", sa.String(length=400), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_waiver_estate_id")),
        sa.ForeignKeyConstraint(["order_id"], ["work_order.id"], name=op.f("fk_waiver_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    op.create_index(
        "ix_waiver_open",
        "waiver",
        ["estate_id", "asked_at", "id"],
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index("ix_waiver_order_id", "waiver", ["order_id"])
    op.create_table(
        "complaint_entry",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_entry_complaint_id")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_complaint_entry_estate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_entry")),
        sa.UniqueConstraint(
            "complaint_id", "position", name=op.f("uq_complaint_entry_complaint_id_position")
        ),
    )
    op.create_table(
        "custody_entry",
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.String(length=120), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_custody_entry_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["user_account.id"], name=op.f("fk_custody_entry_holder_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["stock_item.id"], name=op.f("fk_custody_entry_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["stock_line.id"], name=op.f("fk_custody_entry_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_custody_entry_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_entry")),
    )
    op.create_index("ix_custody_entry_holder", "custody_entry", ["holder_id", "at", "id"])
    op.create_table(
        "stock_movement",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("balance_qty", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_stock_movement_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["stock_item.id"], name=op.f("fk_stock_movement_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["stock_line.id"], name=op.f("fk_stock_movement_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
    )
    op.create_index("ix_stock_movement_item", "stock_movement", ["item_id", "at", "id"])
    for name, table, columns, condition in STOCK_INDEXES:
        op.create_index(
            name,
            table,
            columns,
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
    open_the_books(op.get_bind())
    op.create_table(
        "spot_check",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("checker_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.String(length=10), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checker_id"], ["user_account.id"], name=op.f("fk_spot_check_checker_id")
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_spot_check_estate_id")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["return_visit.id"], name=op.f("fk_spot_check_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check")),
        sa.UniqueConstraint(
            "visit_id", "checker_id", name=op.f("uq_spot_check_visit_id_checker_id")
        ),
    )
    op.create_index("ix_spot_check_at", "spot_check", ["estate_id", "checker_id", "at"])
    op.create_table(
        "visit_attempt",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_visit_attempt_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["return_visit.id"], name=op.f("fk_visit_attempt_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_attempt")),
    )
    op.create_index(op.f("ix_visit_attempt_visit_id"), "visit_attempt", ["visit_id"])
    op.create_table(
        "visit_result",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=True),
        sa.Column("signer_name", sa.String(length=60), nullable=True),
        sa.Column("customer_signature_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("estate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estate.id"], name=op.f("fk_visit_result_estate_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["return_visit.id"], name=op.f("fk_visit_result_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_result")),
        sa.UniqueConstraint("visit_id", "round", name=op.f("uq_visit_result_visit_id_round")),
    )
    for table in FACTS:
        append_only.protect(op.get_bind(), table)


def _name_the_lists_there_are() -> None:
    """Every version that items stand in was published, on the first day of any of them."""
    item = sa.table(
        "price_item",
        sa.column("estate_id", sa.Uuid()),
        sa.column("list_version", sa.String()),
        sa.column("valid_from", sa.Date()),
    )
    known = op.get_bind().execute(
        sa.select(item.c.estate_id, item.c.list_version, sa.func.min(item.c.valid_from)).group_by(
            item.c.estate_id, item.c.list_version
        )
    )
    table = sa.table(
        "price_list",
        sa.column("id", sa.Uuid()),
        sa.column("estate_id", sa.Uuid()),
        sa.column("version", sa.String()),
        sa.column("state", sa.String()),
        sa.column("valid_from", sa.Date()),
        sa.column("drafted_at", sa.DateTime(timezone=True)),
    )
    rows = [
        {
            "id": uuid.uuid4(),
            "estate_id": estate_id,
            "version": version,
            "state": "published",
            "valid_from": valid_from,
            "drafted_at": dt.datetime.combine(valid_from, dt.time(), tzinfo=dt.UTC),
        }
        for estate_id, version, valid_from in known
    ]
    if rows:
        op.bulk_insert(table, rows)


def downgrade() -> None:
    op.drop_table("visit_result")
    op.drop_table("visit_attempt")
    op.drop_table("spot_check")
    for name, table, _columns, _condition in STOCK_INDEXES:
        op.drop_index(name, table)
    op.drop_table("stock_movement")
    op.drop_table("custody_entry")
    op.drop_table("complaint_entry")
    op.drop_table("waiver")
    op.drop_table("preventive_run")
    op.drop_table("old_part")
    op.drop_table("capacity_application")
    op.drop_table("billing_entry")
    op.drop_table("notice_recipient")
    op.drop_table("warranty_check")
    op.drop_table("replacement_proposal")
    op.drop_table("preventive_plan")
    op.drop_table("fee_reminder")
    op.drop_table("fee_notice")
    op.drop_table("asset")
    op.drop_table("weekly_report")
    op.drop_table("webhook_delivery")
    op.drop_table("stock_count")
    op.drop_table("slip_handover")
    op.drop_table("rectification")
    op.drop_table("message_receipt")
    op.drop_table("complaint_cluster")
    op.drop_table("webhook_endpoint")
    op.drop_table("warranty_class")
    op.drop_table("public_notice")
    op.drop_table("price_list")
    op.drop_table("monthly_summary")
    op.drop_table("month_step")
    op.drop_table("message")
    op.drop_table("letter")
    op.drop_table("finance_report")
