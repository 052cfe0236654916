"""Takes in what a handheld could not send: every event and photo of an exported queue.

Like the reception of uploads it opens its transactions itself: a file may hold a day's photos, and
what one item is refused for must not take the others along. A second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

from contracts import strict_json
from contracts.envelope import ContractError
from contracts.queue_file import EVENT, PHOTO
from contracts.vocabulary import Outcome
from server.accounts.models import User
from server.db import session, transaction, utcnow
from server.devices.models import Device
from server.devices.operations import actor_for
from server.errors import Conflict, NotFound, Problem
from server.evidence import announcing, uploads
from server.evidence.reception import Reception
from server.fieldwork import delivery, queue_key
from server.fieldwork.entitlement import subject_of_upload
from server.fieldwork.queue_file import QueueFile, Record
from server.history import Actor
from server.settings import Settings


class Fate(StrEnum):
    """What became of one item."""

    TAKEN = "taken"
    #: the server had it already
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item and its fate, as whoever imports reads it."""

    fate: Fate
    what: str
    why: str = ""


def take_in(settings: Settings, file: BinaryIO, reception: Reception) -> Iterator[Item]:
    """Take in all of a file, one item at a time; nothing of it unless all of it holds.

    Photos of orders go first, since `order.ready` is refused while a required one is missing; those
    of incidents last, since their report has to be there before them. Raises UnusableFile,
    NotFound for a handheld that is not ours, Conflict for one that was revoked (P-19).
    """
    queue = QueueFile(
        file, queue_key.private_key(settings.home), most_bytes=settings.photo_max_bytes
    )
    queue.verify()
    by = _holder(queue.device_id)
    return _all(settings, queue, reception, by)


def _all(settings: Settings, queue: QueueFile, reception: Reception, by: Actor) -> Iterator[Item]:
    for record in queue.records():
        if record.kind == PHOTO and "event" not in record.meta:
            yield _photo(record, reception, by)
    for record in queue.records():
        if record.kind == EVENT:
            yield _event(settings, queue.device_id, record)
    for record in queue.records():
        if record.kind == PHOTO and "event" in record.meta:
            yield _photo(record, reception, by)


def _holder(device_id: str) -> Actor:
    """The handheld, acting for its technician as it would over the network."""
    device = session().get(Device, device_id)
    if device is None:
        raise NotFound(
            "no-such-device", f"没有手持机 {device_id}。", f"There is no handheld {device_id}."
        )
    if not device.works:
        raise _revoked(device_id)
    technician = session().get(User, device.technician_id)
    return actor_for(device, technician.name if technician else device.label)


def _photo(record: Record, reception: Reception, by: Actor) -> Item:
    """One picture, by the same judging as an upload (P-17)."""
    said = {name: told for name, told in record.meta.items() if name != "kind"}
    what = f"photo {str(said.get('sha256'))[:12]} {said.get('order') or said.get('event')} {said.get('tag')}"
    try:
        named, announced = announcing.announcement(said, len(record.body), text="")
        with transaction() as current:
            if delivery.working(current, str(by.device_id)) is None:
                raise _revoked(str(by.device_id))
            upload = uploads.create(
                current,
                announced,
                subject=subject_of_upload(current, by, named, announced.sha256),
                lifetime=reception.lifetime,
                by=by,
                at=utcnow(),
            )
        known = upload.finished
        try:
            if not known:
                reception.append(upload.id, [record.body], offset=0, checksum=None, by=by)
        finally:
            # Nobody will ask how far this upload is; the photo it has led to stays.
            reception.forget(upload.id, by=by)
    except Problem as problem:
        return Item(fate=Fate.REFUSED, what=what, why=_reason(problem.as_dict()))
    return Item(fate=Fate.KNOWN if known else Fate.TAKEN, what=what)


def _event(settings: Settings, device_id: str, record: Record) -> Item:
    what = _name_of(record.body)
    reply = delivery.deliver(settings, device_id, record.body)
    if reply is None:
        return Item(fate=Fate.REFUSED, what=what, why=_reason(_revoked(device_id).as_dict()))
    match Outcome(reply["outcome"]):
        case Outcome.APPLIED | Outcome.RECORDED as outcome:
            return Item(fate=Fate.TAKEN, what=what, why=outcome)
        case Outcome.DUPLICATE:
            return Item(fate=Fate.KNOWN, what=what, why=reply["first_outcome"])
        case Outcome.OUT_OF_ORDER:
            why = f"缺第 {reply['expected_seq']} 号 number {reply['expected_seq']} comes first"
        case _:
            why = _reason(reply["problem"])
    return Item(fate=Fate.REFUSED, what=what, why=why)


def _name_of(envelope: bytes) -> str:
    """An event as people find it again, as far as its envelope can be read."""
    try:
        said = strict_json.parse(envelope)
    except ContractError:
        said = None
    parts = said if isinstance(said, dict) else {}
    named = (str(parts[name])[:60] for name in ("seq", "type", "subject") if parts.get(name))
    return " ".join(("event", *named))


def _reason(problem: dict[str, Any]) -> str:
    rule = f" ({problem['rule']})" if "rule" in problem else ""
    return f"{problem['detail']}{rule}"


def _revoked(device_id: str) -> Conflict:
    return Conflict(
        "device-revoked",
        f"手持机 {device_id} 已停用,其队列不再接收。",
        f"The handheld {device_id} was revoked; its queue is not taken any more.",
        rule="P-19",
    )
