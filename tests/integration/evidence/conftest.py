"""One app and one database each: two orders, two handhelds, the tus door and the photo worker."""

import base64
import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from server.accounts.models import User
from server.accounts.operations import token_hash
from server.app import create_app
from server.db import Base, db, transaction
from server.devices.models import Device
from server.doors import photo_store
from server.estate.models import Building, Estate, Person, Unit
from server.evidence.processing import Processor
from server.evidence.reception import Reception
from server.settings import Settings
from server.work_orders.models import Assignment, WorkOrder

T0 = dt.datetime(2025, 3, 5, 2, 0, tzinfo=dt.UTC)
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


@dataclass(kw_only=True)
class Cast:
    """Who and what the tests speak of, and the calls a handheld makes."""

    app: Flask
    settings: Settings
    reception: Reception
    processor: Processor
    estate_id: uuid.UUID
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


def build(settings: Settings) -> Cast:
    """The app as it runs, on an existing or new home folder."""
    app = create_app(settings)
    store = photo_store(settings)
    return Cast(
        app=app,
        settings=settings,
        reception=Reception.of(settings, store),
        processor=Processor(store=store),
        estate_id=uuid7(),
    )


def populate(session: Session, cast: Cast) -> None:
    """An estate with two orders, one for each of two technicians."""
    estate_id = cast.estate_id
    session.add(Estate(id=estate_id, name="翠湖花园", epoch="1"))
    session.flush()
    building = Building(estate_id=estate_id, number=3)
    session.add(building)
    session.flush()
    unit = Unit(estate_id=estate_id, building_id=building.id, code="3栋2单元1502", floor=15, room=2)
    session.add(unit)
    session.flush()
    person = Person(
        estate_id=estate_id, name="王丽华", relation="owner", phone="13900000001", unit_id=unit.id
    )
    session.add(person)
    for number, (name, device) in enumerate((("刘强", "hh-01"), ("马超", "hh-03")), start=1):
        user = User(
            estate_id=estate_id,
            username=f"tech{number}",
            name=name,
            roles=["technician"],
            password_hash="",
            created_at=T0,
        )
        session.add(user)
        session.flush()
        cast.tokens[device] = f"token-of-{device}"
        session.add(
            Device(
                id=device,
                estate_id=estate_id,
                label=device.upper(),
                technician_id=user.id,
                state="active",
                enrolled_at=T0,
                token_hash=token_hash(cast.tokens[device]),
            )
        )
        order = WorkOrder(
            estate_id=estate_id,
            number=f"FW-202503-000{number}",
            state="on_site",
            person_id=person.id,
            unit_id=unit.id,
            nature="paid_special",
            category="lamp",
            urgency="normal",
            content="灯不亮",
            intake_point="dispatch",
            technician_id=user.id,
            checklist_children={},
            issued_at=T0,
            updated_at=T0,
            arrived_at=T0,
        )
        session.add(order)
        session.flush()
        session.add(Assignment(order_id=order.id, technician_id=user.id, from_at=T0))


@pytest.fixture
def cast(tmp_path):
    """The cast on SQLite in a folder of its own."""
    cast = build(Settings(home=tmp_path))
    with cast.app.app_context():
        Base.metadata.create_all(db.engine)
        with transaction() as session:
            populate(session, cast)
    yield cast
    with cast.app.app_context():
        db.session.remove()
        db.engine.dispose()
