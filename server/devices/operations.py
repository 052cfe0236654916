"""Enrolling, pairing, revoking and commanding handhelds (P-19, X-020)."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from server import history, outbox
from server.accounts.models import User
from server.accounts.operations import token_hash
from server.devices.models import Device, DeviceCommand
from server.errors import Conflict, Denied, Invalid, NotFound
from server.history import Actor
from server.push import operations as push

#: Without 0, O, 1, I and L: the code is read aloud and typed with gloves on.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
NOTICE = "device.notice"


def enrol(
    session: Session,
    *,
    label: str,
    technician: User,
    lifetime: dt.timedelta,
    by: Actor,
    at: dt.datetime,
) -> tuple[Device, str]:
    """Prepare a handheld for a technician; the pairing code works once, for `lifetime`."""
    code = _new_code()
    device = Device(
        id=f"hh-{secrets.token_hex(5)}",
        estate_id=by.estate_id,
        label=label,
        technician_id=technician.id,
        state="enrolled",
        enrolled_at=at,
        enrolled_by=by.user_id,
        pairing_hash=_code_hash(code),
        pairing_expires_at=at + lifetime,
    )
    session.add(device)
    session.flush()
    _record(
        session, "device.enrolled", device, by, at, {"label": label, "for": technician.username}
    )
    return device, code


def renew_code(
    session: Session, device_id: str, *, lifetime: dt.timedelta, by: Actor, at: dt.datetime
) -> tuple[Device, str]:
    """A new pairing code for a handheld that was never paired; the old code ends.

    Raises NotFound, and Conflict for a handheld that has been paired or revoked.
    """
    device = find(session, device_id, by=by, lock=True)
    if device.state != "enrolled":
        raise Conflict(
            "not-waiting-for-pairing",
            "这台手持机已配对或已停用;要换机请重新登记。",
            "The handheld is paired or revoked; enrol the new one instead.",
        )
    code = _new_code()
    device.pairing_hash = _code_hash(code)
    device.pairing_expires_at = at + lifetime
    _record(session, "device.code_renewed", device, by, at, {})
    return device, code


def pairing_url(web_url: str, code: str) -> str:
    """What a handheld opens to pair itself: the code stands behind the #, which is never sent."""
    return f"{web_url.rstrip('/')}/handheld/#pair={code}"


def pair(
    session: Session, *, code: str, model: str | None, app_version: str | None, at: dt.datetime
) -> tuple[Device, str]:
    """Turn a pairing code into credentials. Raises Denied for a wrong, used or expired code."""
    device = session.scalar(
        sa.select(Device)
        .where(Device.pairing_hash == _code_hash(code.strip().upper().replace("-", "")))
        .with_for_update()
    )
    if device is None or device.pairing_expires_at is None or at >= device.pairing_expires_at:
        raise Denied(
            "bad-pairing-code",
            "配对码无效、已用过或已过期,请调度员重新发码。",
            "The pairing code is wrong, used or expired; ask the desk for a new one.",
        )
    token = secrets.token_urlsafe(32)
    device.pairing_hash = None
    device.pairing_expires_at = None
    device.token_hash = token_hash(token)
    device.state = "active"
    device.paired_at = at
    device.model, device.app_version = model, app_version
    outbox.note(
        session, device_id=device.id, kind=outbox.ACCOUNT, subject="account", version=1, at=at
    )
    _record(session, "device.paired", device, actor_for(device, "handheld"), at, {"model": model})
    return device, token


def broker_password(device: Device, key: bytes) -> str:
    """The handheld's password at the broker: derived, so it stands in no table."""
    message = f"{device.id}:{device.credential_generation}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def revoke(
    session: Session, device_id: str, *, reason: str, lost: bool, by: Actor, at: dt.datetime
) -> Device:
    """End a handheld's credentials at once (P-19); a second time changes nothing."""
    device = find(session, device_id, by=by, lock=True)
    if device.state in {"lost", "revoked"}:
        return device
    device.state = "lost" if lost else "revoked"
    device.revoked_at, device.revoked_reason = at, reason
    device.online = False
    device.pairing_hash = None
    session.execute(sa.delete(outbox.Owed).where(outbox.Owed.device_id == device.id))
    push.forget(session, device.id)
    outbox.note(
        session, device_id=device.id, kind=outbox.ACCOUNT, subject="account", version=2, at=at
    )
    _record(
        session,
        "device.revoked",
        device,
        by,
        at,
        {"reason": reason, "lost": lost, "last_seq": device.last_seq, "queued": device.queued},
    )
    return device


def command(
    session: Session, device: Device, kind: str, *, text: str | None, by: Actor, at: dt.datetime
) -> DeviceCommand:
    """Owe the handheld a command.

    Raises Conflict for one whose credentials no longer hold, Invalid for a notice without words.
    """
    if kind == NOTICE and not (text or "").strip():
        raise Invalid(
            "empty-notice",
            "请写明通知内容。",
            "Write what the notice is to say.",
            errors={"text": ["必填 required"]},
        )
    if not device.works:
        raise Conflict("device-inactive", "手持机已停用。", "The handheld is no longer active.")
    row = DeviceCommand(id=uuid7(), device_id=device.id, kind=kind, text=text, created_at=at)
    session.add(row)
    session.flush()
    outbox.note(
        session, device_id=device.id, kind=outbox.COMMAND, subject=str(row.id), version=1, at=at
    )
    _record(session, "device.commanded", device, by, at, {"command": kind})
    return row


def find(session: Session, device_id: str, *, by: Actor, lock: bool = False) -> Device:
    """The handheld with this id. Raises NotFound, also for another estate's."""
    device = session.get(Device, device_id, with_for_update=lock or None, populate_existing=lock)
    if device is None or device.estate_id != by.estate_id:
        raise NotFound("no-such-device", "没有这台手持机。", "There is no such handheld.")
    return device


def device_of_token(session: Session, token: str) -> Device | None:
    """The handheld that holds this token, whatever its state: the door judges the state."""
    return session.scalar(sa.select(Device).where(Device.token_hash == token_hash(token)))


def devices_of(session: Session, technician_id: object) -> list[Device]:
    """The working handhelds of a technician: what is pushed, is pushed to each."""
    return list(
        session.scalars(
            sa.select(Device).where(Device.technician_id == technician_id, Device.state == "active")
        )
    )


def notices_of(session: Session, device: Device, *, since: dt.datetime) -> list[DeviceCommand]:
    """What the desk let this handheld know since then, oldest first."""
    return list(
        session.scalars(
            sa.select(DeviceCommand)
            .where(
                DeviceCommand.device_id == device.id,
                DeviceCommand.kind == NOTICE,
                DeviceCommand.created_at > since,
            )
            .order_by(DeviceCommand.created_at, DeviceCommand.id)
        )
    )


def actor_for(device: Device, name: str) -> Actor:
    """The handheld, acting for its technician."""
    return Actor(
        estate_id=device.estate_id,
        ref=f"device:{device.id}",
        name=name,
        user_id=device.technician_id,
        device_id=device.id,
        roles=frozenset({"technician"}),
    )


def note_presence(
    device: Device,
    *,
    online: bool,
    presence_session: str,
    at: dt.datetime,
    now: dt.datetime,
    app_version: str | None,
    battery_percent: int | None,
    queued: int | None,
) -> bool:
    """Store what a handheld says of itself; False where an older session's will came late."""
    if not online and device.presence_session != presence_session:
        return False
    device.online, device.presence_session, device.presence_at = online, presence_session, at
    device.last_seen_at = now
    device.app_version = app_version or device.app_version
    device.battery_percent = (
        battery_percent if battery_percent is not None else device.battery_percent
    )
    device.queued = queued if queued is not None else device.queued
    return True


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def _code_hash(code: str) -> str:
    return hashlib.sha256(f"pairing:{code}".encode()).hexdigest()


def _record(
    session: Session, kind: str, device: Device, by: Actor, at: dt.datetime, data: dict[str, object]
) -> None:
    history.record(session, kind, subject_kind="device", subject=device.id, by=by, at=at, data=data)
