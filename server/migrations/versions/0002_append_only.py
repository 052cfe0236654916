"""Facts stay as they were written: the database refuses to change or remove them.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

from server.append_only import protect, release

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: As of this revision; what is protected later is for a later one.
TABLES = ("history", "step_result", "checklist_version", "device_event")


def upgrade() -> None:
    for table in TABLES:
        protect(op.get_bind(), table)


def downgrade() -> None:
    for table in TABLES:
        release(op.get_bind(), table)
