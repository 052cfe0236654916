"""Alerts that must reach somebody who is not at a desk: they also go out by mail."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.permissions import Role
from server.accounts.queries import users_with_role
from server.alerts.models import Alert
from server.outgoing import letters

#: kind of alert -> what the letter is about, in both languages
MAILED: dict[str, tuple[str, str]] = {
    "hazard.alarm": ("现场险情", "Alarm on site"),
    "escalation.L2_gpm": ("上报总物业经理,等待决定", "Escalated to you, a decision is waited for"),
    "incident.found": ("公共区域事件", "Incident in a public area"),
    "complaint.major": ("重大投诉", "Major complaint"),
    "damage.reported": ("客户财物损坏", "Damage to a customer's property"),
    "webhook.given_up": ("外部系统收不到推送", "A neighbour system cannot be told"),
}


def post(session: Session, alert: Alert, *, at: dt.datetime) -> None:
    """Write to everybody whom the alert is for and who has an address, in the caller's change."""
    about = MAILED.get(alert.kind)
    if about is None:
        return
    for user in _addressees(session, alert):
        if user.email:
            subject = about[0] if user.language == "zh" else about[1]
            letters.write(
                session,
                alert.estate_id,
                channel="mail",
                address=user.email,
                subject=f"{subject}: {alert.subject}",
                text=f"{subject}\n{alert.subject}\n",
                cause=f"alert:{alert.id}",
                at=at,
            )


def _addressees(session: Session, alert: Alert) -> list[User]:
    if alert.addressee_id is not None:
        return [session.get_one(User, alert.addressee_id)]
    return users_with_role(session, alert.estate_id, *(Role(role) for role in alert.audience))
