"""One app and one database each: two orders, two handhelds, the tus door and the photo worker."""

import base64
import hashlib
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.accounts.operations import token_hash
from server.app import create_app
from server.db import transaction
from server.devices.models import Device
from server.estate.models import Estate, Person, Unit
from server.evidence.processing import Processor
from server.evidence.reception import Reception
from server.evidence.storage import photo_store
from server.settings import Settings
from server.work_orders.models import Assignment, WorkOrder
from tests.cast import LIU_QIANG, MA_CHAO, NINE, WANG_LIHUA

#: 刘强 has order FW-202503-0001, 马超 FW-202503-0002
HANDHELDS = (LIU_QIANG.handheld, MA_CHAO.handheld)
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


@dataclass(kw_only=True)
class Cast:
    """Who and what the tests speak of, and the calls a handheld makes."""

    app: Flask
    settings: Settings
    reception: Reception
    processor: Processor
    tokens: dict[str, str] = field(default_factory=dict)

    def headers(self, device: str = "hh-01") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[device]}"}

    def create(
        self, content: bytes, *, device: str = "hh-01", body: bytes | None = None, **says: str
    ) -> TestResponse:
        """Announce a photo; with `body`, send these first bytes along."""
        fields = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "filetype": "image/jpeg",
            "order": "FW-202503-0001",
            "step": "LAMP-05",
            "tag": "isolation",
            **says,
        }
        headers = {
            **(TUS if body is None else PIECE),
            **self.headers(device),
            "Upload-Length": str(len(content)),
            "Upload-Metadata": ",".join(
                f"{key} {base64.b64encode(value.encode()).decode()}"
                for key, value in fields.items()
                if value
            ),
        }
        return self.client().post("/field/v1/photos", headers=headers, data=body or b"")

    def patch(
        self, url: str, offset: int, body: bytes, *, device: str = "hh-01", **more: str
    ) -> TestResponse:
        headers = {**PIECE, **self.headers(device), "Upload-Offset": str(offset)}
        return self.client().patch(url, headers={**headers, **more}, data=body)

    def offset(self, url: str, *, device: str = "hh-01") -> int | None:
        """Where the server is with an upload; None where it knows none."""
        answer = self.client().head(url, headers={**TUS, **self.headers(device)})
        return int(answer.headers["Upload-Offset"]) if answer.status_code == 200 else None

    def upload(self, content: bytes, **says: str) -> TestResponse:
        """Announce and send in one piece; the last answer."""
        answer = self.create(content, **says)
        if answer.status_code != 201 or answer.headers["Upload-Offset"] != "0":
            return answer
        return self.patch(answer.headers["Location"], 0, content)

    def client(self):
        return self.app.test_client()

    def files(self) -> list[str]:
        """Every file that the house keeps for photos and uploads."""
        roots = (self.settings.home / "photos", self.settings.home / "uploads")
        return sorted(path.name for root in roots for path in root.rglob("*") if path.is_file())


def build(settings: Settings, app: Flask | None = None) -> Cast:
    """An app as it runs, on an existing home folder and database: a new one, if none is there."""
    app = app or create_app(settings)
    store = photo_store(settings)
    return Cast(
        app=app,
        settings=settings,
        reception=Reception.of(settings, store),
        processor=Processor(store=store),
        tokens={device: f"token-of-{device}" for device in HANDHELDS},
    )


def populate(session: Session, cast: Cast) -> None:
    """An order for each of two technicians, on the way since nine."""
    home = session.scalars(sa.select(Estate.id)).one()
    unit = session.scalars(sa.select(Unit).where(Unit.code == WANG_LIHUA.unit_code)).one()
    person = Person(
        estate_id=home,
        name=WANG_LIHUA.name,
        relation="owner",
        phone=WANG_LIHUA.phone,
        unit_id=unit.id,
    )
    session.add(person)
    session.flush()
    for number, name in enumerate(HANDHELDS, start=1):
        device = session.get_one(Device, name)
        device.token_hash = token_hash(cast.tokens[name])
        order = WorkOrder(
            estate_id=home,
            number=f"FW-202503-000{number}",
            state="on_site",
            person_id=person.id,
            unit_id=unit.id,
            nature="paid_special",
            category="lamp",
            urgency="normal",
            content="灯不亮",
            intake_point="dispatch",
            technician_id=device.technician_id,
            checklist_children={},
            issued_at=NINE,
            updated_at=NINE,
            arrived_at=NINE,
        )
        session.add(order)
        session.flush()
        session.add(Assignment(order_id=order.id, technician_id=device.technician_id, from_at=NINE))


@pytest.fixture
def cast(settled, web):
    """The settled estate with every door open and two orders under way."""
    cast = build(settled, web)
    with web.app_context(), transaction() as session:
        populate(session, cast)
    return cast
