"""What complaints, visits, incidents, damage and orders know beside what they knew.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: Visits of before this revision belong to the month in which their order was closed.
COHORT = """
    UPDATE return_visit SET
        cohort_on = (SELECT month FROM work_order WHERE work_order.id = return_visit.order_id),
        opened_at = (SELECT closed_at FROM work_order WHERE work_order.id = return_visit.order_id)
"""


def upgrade() -> None:
    with op.batch_alter_table("complaint") as table:
        table.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        table.add_column(
            sa.Column("category", sa.String(length=24), server_default="other", nullable=False)
        )
        table.add_column(sa.Column("about_user_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("recorded_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("received_by", sa.String(length=60), nullable=True))
        table.add_column(
            sa.Column("apology", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("improvement", sa.Text(), nullable=True))
        table.add_column(sa.Column("relayed_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("relay_reason", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("relay_minor", sa.Boolean(), nullable=True))
        table.add_column(
            sa.Column(
                "validity", sa.String(length=12), server_default="undetermined", nullable=False
            )
        )
        table.add_column(
            sa.Column("major", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("major_reason", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("judged_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("handler_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("delegate_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("target_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("linked_order_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("cluster_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("referred_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("last_told_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("verified_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("closed_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        table.alter_column("request_id", existing_type=sa.Uuid(), nullable=True)
        table.create_check_constraint(
            table.f("ck_complaint_major_is_valid"), "NOT major OR validity = 'valid'"
        )
        table.create_index("ix_complaint_category", ["estate_id", "category", "recorded_at"])
        table.create_index("ix_complaint_closed_at", ["estate_id", "closed_at"])
        table.create_index("ix_complaint_cluster_id", ["cluster_id"])
        table.create_index("ix_complaint_linked_order_id", ["linked_order_id"])
        table.create_index(
            "ix_complaint_open",
            ["estate_id", "recorded_at", "id"],
            sqlite_where=sa.text("state NOT IN ('archived', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('archived', 'closed')"),
        )
        table.create_index("ix_complaint_recorded_at", ["estate_id", "recorded_at", "id"])
        table.create_foreign_key(
            table.f("fk_complaint_about_user_id"), "user_account", ["about_user_id"], ["id"]
        )
        table.create_foreign_key(
            table.f("fk_complaint_delegate_id"), "user_account", ["delegate_id"], ["id"]
        )
        table.create_foreign_key(
            table.f("fk_complaint_cluster_id"), "complaint_cluster", ["cluster_id"], ["id"]
        )
        table.create_foreign_key(
            table.f("fk_complaint_handler_id"), "user_account", ["handler_id"], ["id"]
        )
        table.create_foreign_key(
            table.f("fk_complaint_linked_order_id"), "work_order", ["linked_order_id"], ["id"]
        )
    with op.batch_alter_table("damage") as table:
        table.add_column(sa.Column("analysis", sa.JSON(), nullable=True))
        table.add_column(sa.Column("claim_fen", sa.Integer(), nullable=True))
        table.add_column(sa.Column("amount_fen", sa.Integer(), nullable=True))
        table.add_column(sa.Column("agreement", sa.Text(), nullable=True))
        table.add_column(sa.Column("signer_name", sa.String(length=60), nullable=True))
        table.add_column(sa.Column("negotiated_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("settled_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        table.create_index("ix_damage_list", ["estate_id", "reported_at", "id"])
    op.create_index("ix_escalation_list", "escalation", ["estate_id", "opened_at", "id"])
    with op.batch_alter_table("incident") as table:
        table.add_column(sa.Column("follow_up_number", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("handled_text", sa.Text(), nullable=True))
        table.add_column(sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("reported_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("decision", sa.Text(), nullable=True))
        table.add_column(sa.Column("decided_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        table.create_index("ix_incident_list", ["estate_id", "found_at", "id"])
    with op.batch_alter_table("return_visit") as table:
        table.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        table.add_column(
            sa.Column("purpose", sa.String(length=12), server_default="service", nullable=False)
        )
        table.add_column(sa.Column("complaint_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("cohort_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(
            sa.Column("risk_place", sa.Integer(), server_default="100", nullable=False)
        )
        table.add_column(sa.Column("risks", sa.JSON(), nullable=True))
        table.add_column(
            sa.Column("on_site_wanted", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("assignee_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("assigned_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("assign_reason", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("fixed", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("cause", sa.String(length=12), nullable=True))
        table.add_column(sa.Column("reopened_request_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("closed_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        table.alter_column("order_id", existing_type=sa.Uuid(), nullable=True)
        table.create_check_constraint(
            table.f("ck_return_visit_about_one"), "(order_id IS NULL) <> (complaint_id IS NULL)"
        )
        table.create_index("ix_return_visit_cohort", ["estate_id", "cohort_on", "state", "method"])
        table.create_index("ix_return_visit_complaint_id", ["complaint_id"], unique=True)
        table.create_index("ix_return_visit_done_at", ["estate_id", "done_at"])
        table.create_index(
            "ix_return_visit_mine",
            ["assignee_id", "risk_place", "id"],
            sqlite_where=sa.text("state IN ('assigned', 'pending', 'rectifying')"),
            postgresql_where=sa.text("state IN ('assigned', 'pending', 'rectifying')"),
        )
        table.create_index(
            "ix_return_visit_queue",
            ["estate_id", "risk_place", "id"],
            sqlite_where=sa.text("state IN ('assigned', 'pending', 'rectifying')"),
            postgresql_where=sa.text("state IN ('assigned', 'pending', 'rectifying')"),
        )
        table.create_foreign_key(
            table.f("fk_return_visit_reopened_request_id"),
            "service_request",
            ["reopened_request_id"],
            ["id"],
        )
        table.create_foreign_key(
            table.f("fk_return_visit_complaint_id"), "complaint", ["complaint_id"], ["id"]
        )
        table.create_foreign_key(
            table.f("fk_return_visit_assignee_id"), "user_account", ["assignee_id"], ["id"]
        )
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("email", sa.String(length=200), nullable=True))
    with op.batch_alter_table("work_order") as table:
        table.add_column(sa.Column("oral_report_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("asset_id", sa.Uuid(), nullable=True))
        table.create_index("ix_work_order_asset_id", ["asset_id", "issued_at"])
        table.create_index("ix_work_order_month", ["estate_id", "month", "state"])
        table.create_foreign_key(table.f("fk_work_order_asset_id"), "asset", ["asset_id"], ["id"])
    with op.batch_alter_table("service_request") as table:
        table.add_column(sa.Column("asset_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            table.f("fk_service_request_asset_id"), "asset", ["asset_id"], ["id"]
        )
    op.execute(COHORT)
    op.drop_index("ix_history_kind_at", "history")
    op.create_index("ix_history_kind_at", "history", ["estate_id", "kind", "at"])


def downgrade() -> None:
    op.drop_index("ix_history_kind_at", "history")
    op.create_index("ix_history_kind_at", "history", ["kind", "at"])
    # The revision before knows neither visits of complaints nor complaints without a request.
    for table, column in (("return_visit", "order_id"), ("complaint", "request_id")):
        op.execute(sa.delete(sa.table(table, sa.column(column))).where(sa.column(column).is_(None)))
    with op.batch_alter_table("service_request") as table:
        table.drop_constraint(table.f("fk_service_request_asset_id"), type_="foreignkey")
        table.drop_column("asset_id")
    with op.batch_alter_table("work_order") as table:
        table.drop_constraint(table.f("fk_work_order_asset_id"), type_="foreignkey")
        table.drop_index("ix_work_order_month")
        table.drop_index("ix_work_order_asset_id")
        table.drop_column("asset_id")
        table.drop_column("archived_at")
        table.drop_column("oral_report_at")
    with op.batch_alter_table("user_account") as table:
        table.drop_column("email")
    with op.batch_alter_table("return_visit") as table:
        table.drop_constraint(table.f("ck_return_visit_about_one"), type_="check")
        table.drop_constraint(table.f("fk_return_visit_assignee_id"), type_="foreignkey")
        table.drop_constraint(table.f("fk_return_visit_complaint_id"), type_="foreignkey")
        table.drop_constraint(table.f("fk_return_visit_reopened_request_id"), type_="foreignkey")
        table.drop_index(
            "ix_return_visit_queue",
            sqlite_where=sa.text("state IN ('assigned', 'pending', 'rectifying')"),
            postgresql_where=sa.text("state IN ('assigned', 'pending', 'rectifying')"),
        )
        table.drop_index(
            "ix_return_visit_mine",
            sqlite_where=sa.text("state IN ('assigned', 'pending', 'rectifying')"),
            postgresql_where=sa.text("state IN ('assigned', 'pending', 'rectifying')"),
        )
        table.drop_index("ix_return_visit_done_at")
        table.drop_index("ix_return_visit_complaint_id")
        table.drop_index("ix_return_visit_cohort")
        table.alter_column("order_id", existing_type=sa.Uuid(), nullable=False)
        table.drop_column("closed_at")
        table.drop_column("closed_by")
        table.drop_column("reopened_request_id")
        table.drop_column("cause")
        table.drop_column("fixed")
        table.drop_column("attempts")
        table.drop_column("round")
        table.drop_column("assign_reason")
        table.drop_column("assigned_at")
        table.drop_column("assigned_by")
        table.drop_column("assignee_id")
        table.drop_column("on_site_wanted")
        table.drop_column("risks")
        table.drop_column("risk_place")
        table.drop_column("opened_at")
        table.drop_column("cohort_on")
        table.drop_column("complaint_id")
        table.drop_column("purpose")
        table.drop_column("version")
    with op.batch_alter_table("incident") as table:
        table.drop_index("ix_incident_list")
        table.drop_column("closed_at")
        table.drop_column("raised_at")
        table.drop_column("decided_by")
        table.drop_column("decision")
        table.drop_column("reported_by")
        table.drop_column("reported_at")
        table.drop_column("handled_at")
        table.drop_column("handled_text")
        table.drop_column("follow_up_number")
    op.drop_index("ix_escalation_list", "escalation")
    with op.batch_alter_table("damage") as table:
        table.drop_index("ix_damage_list")
        table.drop_column("settled_at")
        table.drop_column("settled_by")
        table.drop_column("negotiated_by")
        table.drop_column("signer_name")
        table.drop_column("agreement")
        table.drop_column("amount_fen")
        table.drop_column("claim_fen")
        table.drop_column("analysis")
    with op.batch_alter_table("complaint") as table:
        table.drop_constraint(table.f("ck_complaint_major_is_valid"), type_="check")
        table.drop_constraint(table.f("fk_complaint_linked_order_id"), type_="foreignkey")
        table.drop_constraint(table.f("fk_complaint_handler_id"), type_="foreignkey")
        table.drop_constraint(table.f("fk_complaint_cluster_id"), type_="foreignkey")
        table.drop_constraint(table.f("fk_complaint_delegate_id"), type_="foreignkey")
        table.drop_constraint(table.f("fk_complaint_about_user_id"), type_="foreignkey")
        table.drop_index("ix_complaint_recorded_at")
        table.drop_index(
            "ix_complaint_open",
            sqlite_where=sa.text("state NOT IN ('archived', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('archived', 'closed')"),
        )
        table.drop_index("ix_complaint_linked_order_id")
        table.drop_index("ix_complaint_cluster_id")
        table.drop_index("ix_complaint_closed_at")
        table.drop_index("ix_complaint_category")
        table.alter_column("request_id", existing_type=sa.Uuid(), nullable=False)
        table.drop_column("archived_at")
        table.drop_column("closed_at")
        table.drop_column("closed_by")
        table.drop_column("verified_at")
        table.drop_column("verified_by")
        table.drop_column("last_told_at")
        table.drop_column("referred_at")
        table.drop_column("cluster_id")
        table.drop_column("linked_order_id")
        table.drop_column("target_on")
        table.drop_column("delegate_id")
        table.drop_column("handler_id")
        table.drop_column("judged_at")
        table.drop_column("judged_by")
        table.drop_column("major_reason")
        table.drop_column("major")
        table.drop_column("validity")
        table.drop_column("relay_minor")
        table.drop_column("relay_reason")
        table.drop_column("relayed_by")
        table.drop_column("improvement")
        table.drop_column("apology")
        table.drop_column("received_by")
        table.drop_column("recorded_by")
        table.drop_column("about_user_id")
        table.drop_column("category")
        table.drop_column("version")
