"""Building the demo estate: 12 buildings, some 600 units, people, prices, stock, checklists."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from demo.people import RESIDENTS, STAFF
from demo.prices import ITEMS, LIST_VERSION, STOCK
from server.accounts import operations as accounts
from server.assets.classes import adopt_usual
from server.checklist_runs.operations import publish_catalogue
from server.estate import operations as estate
from server.estate.models import Estate
from server.history import Actor
from server.prices.models import PriceItem, PriceList
from server.settings import Settings
from server.stores import keeping

#: On which the demo list began.
FIRST_DAY = dt.date(2025, 1, 1)
BUILDINGS = 12
ENTRANCES = (1, 2)
FLOORS = range(1, 26)
#: Other units of the scenarios' buildings, and some of the third entrance of building 7.
EXTRA_UNITS = tuple(f"7栋3单元{floor:02d}{room:02d}" for floor in (15, 16, 17) for room in (1, 2))


def build(
    session: Session, settings: Settings, *, at: dt.datetime
) -> tuple[Estate, list[dict[str, Any]]]:
    """Make everything the demo needs; the accounts with their fresh random passwords."""
    home = estate.create_estate(session, "鲁能星城 Star City (demo)")
    system = accounts.system_actor(home.id)
    handed_out: list[dict[str, Any]] = []
    for one in STAFF:
        password = secrets.token_urlsafe(12)
        user = accounts.create_user(
            session,
            username=one.username,
            name=one.name,
            roles=[role.value for role in one.roles],
            password=password,
            memory_kib=settings.password_memory_kib,
            by=system,
            at=at,
            staff_code=one.staff_code,
            department=one.department,
            must_change_password=False,
        )
        for kind in one.qualifications:
            accounts.grant_qualification(
                session,
                user,
                kind=kind,
                number=f"ZG-{one.staff_code}-{kind[:2].upper()}",
                valid_from=at.date().replace(month=1, day=1),
                valid_until=at.date().replace(year=at.year + 2, month=12, day=31),
                by=system,
                at=at,
            )
        handed_out.append(
            {
                "username": one.username,
                "password": password,
                "roles": [role.value for role in one.roles],
                "name": one.name,
                "simulated": one.simulated,
            }
        )
    _units(session, home)
    _prices(session, home)
    adopt_usual(session, by=system, at=at)
    _stock(session, by=system, at=at)
    publish_catalogue(session, by=system, at=at)
    return home, handed_out


def write_demo_file(settings: Settings, accounts_: list[dict[str, Any]]) -> Path:
    """`demo.json` with the passwords, mode 600 (docs/wire.md, Demo). Simulated people keep theirs."""
    path = settings.home / "demo.json"
    body = {
        "web_url": settings.web_url,
        "mqtt": {
            "host": settings.mqtt_host,
            "port": settings.mqtt_port,
            "websocket_url": settings.websocket_url,
        },
        "accounts": [
            {key: value for key, value in one.items() if key != "simulated"}
            for one in accounts_
            if not one.get("simulated")
        ],
    }
    temporary = path.with_suffix(".tmp")
    descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(body, file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return path


def _units(session: Session, home: Estate) -> None:
    codes = {
        f"{building}栋{entrance}单元{floor:02d}01"
        for building in range(1, BUILDINGS + 1)
        for entrance in ENTRANCES
        for floor in FLOORS
    }
    codes |= set(EXTRA_UNITS) | {unit for _name, unit, _phone in RESIDENTS}
    by_code = {code: estate.add_unit(session, home.id, code) for code in sorted(codes)}
    for name, unit, phone in RESIDENTS:
        estate.person_for(session, by_code[unit], name=name, phone=phone, relation="owner")


def _prices(session: Session, home: Estate) -> None:
    session.add(
        PriceList(
            estate_id=home.id,
            version=LIST_VERSION,
            state="published",
            valid_from=FIRST_DAY,
            drafted_at=dt.datetime.combine(FIRST_DAY, dt.time(), tzinfo=dt.UTC),
        )
    )
    for item in ITEMS:
        labour = item.code.startswith("L-")
        session.add(
            PriceItem(
                estate_id=home.id,
                list_version=LIST_VERSION,
                code=item.code,
                name_zh=item.zh,
                name_en=item.en,
                category=item.category,
                unit=item.unit,
                labour_fen=item.price_fen if labour else 0,
                material_fen=0 if labour else item.price_fen,
                warranty_months=0 if labour else 3,
                valid_from=FIRST_DAY,
                valid_until=None,
            )
        )
    session.flush()


def _stock(session: Session, *, by: Actor, at: dt.datetime) -> None:
    for code, name, kind, unit, stock, minimum in STOCK:
        keeping.add_item(
            session,
            code=code,
            name=name,
            kind=kind,
            unit=unit,
            minimum_qty=Decimal(minimum),
            stock_qty=Decimal(stock),
            by=by,
            at=at,
        )
