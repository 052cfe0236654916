"""The warranty classes of an estate: what they promise, and those that are usual (X-004, X-009)."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import history
from server.assets.models import WarrantyClass
from server.assets.warranty import STANDARD, Basis, Terms
from server.errors import Invalid
from server.history import Actor
from server.seen import NOTHING, digest, refuse_changed

SUBJECT = "warranty_class"
MOST_MONTHS = 600
_CODE = re.compile(r"[a-z0-9_]{1,20}", re.ASCII)
_MONTHS = ("months_from_use", "months_from_factory", "months_from_acceptance")
#: code, Chinese, English, months from use, factory, acceptance, somebody on site within 24 hours
_USUAL = (
    ("standard", "一般设备", "Standard", 12, 24, None, False),
    ("set", "整机", "Whole set", 12, None, None, False),
    ("accessory", "配件", "Accessory", 6, None, None, False),
    ("contract_set", "合同采购整机", "Contract purchase, set", None, None, 36, False),
    ("contract_part", "合同采购配件", "Contract purchase, accessory", None, None, 12, False),
    ("installation", "安装工程", "Installation", None, None, 36, True),
)


def terms_of(row: WarrantyClass | None, basis: str) -> Terms:
    """What a class promises; without one a year from use or two from the factory, by `basis`."""
    if row is None:
        return Terms(
            months_from_use=STANDARD.months_from_use,
            months_from_factory=STANDARD.months_from_factory,
            basis=Basis(basis),
        )
    return Terms(
        months_from_use=row.months_from_use,
        months_from_factory=row.months_from_factory,
        months_from_acceptance=row.months_from_acceptance,
        basis=Basis(row.basis),
    )


def save_class(
    session: Session,
    code: str,
    *,
    name_zh: str,
    name_en: str,
    months_from_use: int | None,
    months_from_factory: int | None,
    months_from_acceptance: int | None,
    basis: str,
    on_site_24h: bool,
    by: Actor,
    at: dt.datetime,
    seen: str | None = None,
) -> WarrantyClass:
    """Make a class, or change the one with this code; what was judged by it stays as it was.

    `seen`: `shown` of what was seen. Raises Invalid for a class that promises nothing, or months or
    a basis that cannot be, Stale where the class is another by now.
    """
    months = dict(
        zip(_MONTHS, (months_from_use, months_from_factory, months_from_acceptance), strict=True)
    )
    _sensible(code, months, basis)
    row = find_code(session, by.estate_id, code, lock=True)
    refuse_changed(seen, shown(row))
    kind = "warranty_class.changed" if row else "warranty_class.made"
    if row is None:
        row = WarrantyClass(estate_id=by.estate_id, code=code)
        session.add(row)
    row.name_zh, row.name_en, row.basis, row.on_site_24h = name_zh, name_en, basis, on_site_24h
    row.months_from_use, row.months_from_factory, row.months_from_acceptance = months.values()
    session.flush()
    history.record(
        session,
        kind,
        subject_kind=SUBJECT,
        subject=str(row.id),
        by=by,
        at=at,
        data={"name": name_zh, "code": code, **months, "basis": basis, "on_site_24h": on_site_24h},
    )
    return row


def shown(row: WarrantyClass | None) -> str:
    """A class as somebody has seen it, see `server.seen`."""
    if row is None:
        return NOTHING
    months = [getattr(row, name) for name in _MONTHS]
    return digest(row.name_zh, row.name_en, *months, row.basis, row.on_site_24h)


def adopt_usual(session: Session, *, by: Actor, at: dt.datetime) -> list[WarrantyClass]:
    """The classes of X-004 and X-009 that the estate does not have yet; what it has stays."""
    known = {row.code for row in classes_of(session, by.estate_id)}
    return [
        save_class(
            session,
            code,
            name_zh=name_zh,
            name_en=name_en,
            months_from_use=use,
            months_from_factory=factory,
            months_from_acceptance=acceptance,
            basis=Basis.EITHER,
            on_site_24h=on_site,
            by=by,
            at=at,
        )
        for code, name_zh, name_en, use, factory, acceptance, on_site in _USUAL
        if code not in known
    ]


def classes_of(session: Session, estate_id: uuid.UUID) -> list[WarrantyClass]:
    """All classes of an estate, by code."""
    return list(
        session.scalars(
            sa.select(WarrantyClass)
            .where(WarrantyClass.estate_id == estate_id)
            .order_by(WarrantyClass.code)
        )
    )


def find_code(
    session: Session, estate_id: uuid.UUID, code: str, *, lock: bool = False
) -> WarrantyClass | None:
    """The class with this code, if the estate has one."""
    query = sa.select(WarrantyClass).where(
        WarrantyClass.estate_id == estate_id, WarrantyClass.code == code
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def _sensible(code: str, months: Mapping[str, int | None], basis: str) -> None:
    errors: dict[str, list[str]] = {
        name: [f"须为 1 到 {MOST_MONTHS} 个月 from 1 to {MOST_MONTHS} months"]
        for name, value in months.items()
        if value is not None and not 1 <= value <= MOST_MONTHS
    }
    if all(value is None for value in months.values()):
        errors["months_from_use"] = ["至少填写一种起算 at least one period"]
    if not _CODE.fullmatch(code):
        errors["code"] = ["小写字母、数字、下划线,最多 20 个 lower case, digits, _; at most 20"]
    if basis not in set(Basis):
        errors["basis"] = ["either, earliest"]
    if errors:
        raise Invalid(
            "bad-warranty-class",
            "保修类别填写有误。",
            "The warranty class cannot be kept so.",
            rule="X-009",
            errors=errors,
        )


def demand_code(session: Session, estate_id: uuid.UUID, code: str) -> WarrantyClass:
    """The class with this code. Raises Invalid where there is none."""
    row = find_code(session, estate_id, code)
    if row is None:
        raise Invalid(
            "unknown-warranty-class",
            f"没有保修类别 {code}。",
            f"There is no warranty class {code}.",
            errors={"warranty_class": ["没有这个类别 no such class"]},
        )
    return row
