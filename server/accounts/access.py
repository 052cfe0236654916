"""Who may still come in, as what, and with which password: ended, given back, changed (X-021)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.accounts.models import User
from server.accounts.operations import (
    demand_known_roles,
    demand_strong_password,
    end_tokens,
    hasher,
)
from server.accounts.permissions import may
from server.errors import Conflict, Denied, Invalid
from server.history import Actor

SUBJECT = "user"
MANAGES = "user.manage"


def set_active(
    session: Session, user: User, *, active: bool, reason: str, by: Actor, at: dt.datetime
) -> None:
    """End somebody's access, with every session and token of his at once, or give it back.

    The same again changes nothing. Raises Denied for oneself, Invalid without a reason, Conflict
    for the last who manages users.
    """
    if user.active == active:
        return
    if not reason.strip():
        raise Invalid("no-reason", "请写明原因。", "Say why.", errors={"reason": ["必填 required"]})
    if not active:
        _somebody_else(user, by)
        _one_stays(session, user)
        end_tokens(session, user, at)
    user.active = active
    kind = "user.restored" if active else "user.ended"
    _record(session, kind, user, by, at, {"reason": reason.strip()})


def set_roles(
    session: Session, user: User, *, roles: Iterable[str], by: Actor, at: dt.datetime
) -> None:
    """Somebody does other work from now on; what he is signed in with goes by the new roles.

    Raises Denied for oneself, Invalid for roles that there are not, Conflict for the last who
    manages users.
    """
    wanted = sorted(set(roles))
    if wanted == sorted(user.roles):
        return
    demand_known_roles(wanted)
    _somebody_else(user, by)
    if not may(MANAGES, frozenset(wanted)):
        _one_stays(session, user)
    before, user.roles = user.roles, wanted
    _record(session, "user.roles_changed", user, by, at, {"before": before, "roles": wanted})


def reset_password(
    session: Session, user: User, *, new: str, memory_kib: int, by: Actor, at: dt.datetime
) -> None:
    """A first password for somebody who forgot his: to be changed at once; all his tokens end.

    Raises Denied for oneself, who has to know the old one; Invalid for a short one.
    """
    _somebody_else(user, by)
    demand_strong_password(new, field="password")
    user.password_hash = hasher(memory_kib).hash(new)
    user.must_change_password = True
    end_tokens(session, user, at)
    _record(session, "user.password_reset", user, by, at, {})


def _somebody_else(user: User, by: Actor) -> None:
    if user.id == by.user_id:
        raise Denied(
            "own-account",
            "不能停用自己、改自己的角色或重置自己的密码,请另一位管理员办理。",
            "Nobody ends or changes his own access; ask another administrator.",
            rule="X-021",
        )


def _one_stays(session: Session, leaving: User) -> None:
    """Refuse where nobody would be left who manages users: nobody could be let in again."""
    # Locked in one order, so that of two who end each other one stays.
    others = session.scalars(
        sa.select(User)
        .where(User.estate_id == leaving.estate_id, User.active)
        .order_by(User.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if not any(may(MANAGES, frozenset(one.roles)) for one in others if one.id != leaving.id):
        raise Conflict(
            "last-administrator",
            "这是最后一位能管理用户的人,请先让别人也能管理。",
            "Nobody else manages users; let somebody else do so first.",
            rule="X-021",
        )


def _record(
    session: Session, kind: str, user: User, by: Actor, at: dt.datetime, data: dict[str, object]
) -> None:
    history.record(
        session,
        kind,
        subject_kind=SUBJECT,
        subject=str(user.id),
        by=by,
        at=at,
        data={"username": user.username, **data},
    )
