"""Finding what is put right about a visit or a complaint."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.rectifications.models import Rectification


def rectifications_of(session: Session, subject_kind: str, subject: str) -> list[Rectification]:
    """What was put right, or still is to be, round by round."""
    return list(
        session.scalars(
            sa.select(Rectification)
            .where(Rectification.subject_kind == subject_kind, Rectification.subject == subject)
            .order_by(Rectification.round)
        )
    )
