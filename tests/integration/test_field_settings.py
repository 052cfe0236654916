"""What a handheld is told of the installation, and that nobody else is told it."""

import base64
import dataclasses
import datetime as dt
import hashlib
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.fields import UtcTime
from server.app import create_app
from server.db import transaction, utcnow
from server.devices import operations as devices
from server.fieldwork import queue_key
from server.push.keys import vapid_public_key
from server.settings import Settings
from tests.cast import LIU_QIANG, ZHAO_MIN
from tests.factories.field_door import FieldDoor
from tests.integration.conftest import close


@pytest.fixture
def handheld(web, world):
    """刘强's handheld at the HTTP door."""
    return FieldDoor(web=web, world=world, staff=LIU_QIANG)


def test_a_handheld_is_told_how_this_installation_works(handheld, world, settled):
    answer = handheld.get("/settings")
    assert answer.status_code == 200
    told = answer.get_json()
    UtcTime().deserialize(told.pop("server_time"))
    key = told.pop("export_key")
    assert told == {
        "photo": {
            "longest_edge_px": 1600,
            "jpeg_quality_percent": 82,
            "gallery_tags": ["nameplate", "rating_label", "materials", "route_sketch"],
            "keep_place": False,
        },
        "push_public_key": vapid_public_key(settled),
        "clock_skew_s": 120,
        "undo_s": 5,
        "dispatch_phone": "",
        "technician": {
            "id": str(world.user(LIU_QIANG).id),
            "username": "liu.qiang",
            "name": "刘强",
        },
        "estate": {"name": "鲁能星城"},
    }
    point = base64.urlsafe_b64decode(key["public_key"] + "=")
    assert (len(point), point[0]) == (65, 4)
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    assert key["id"] == hashlib.sha256(point).hexdigest()[:16]


def test_what_the_installation_chose_is_what_the_handheld_is_told(settled, world):
    chosen = dataclasses.replace(
        settled, photo_gallery_tags="nameplate, gauge", dispatch_phone="0531-88881234"
    )
    app = create_app(chosen)
    told = FieldDoor(web=app, world=world, staff=LIU_QIANG).get("/settings").get_json()
    close(app)
    assert told["photo"]["gallery_tags"] == ["nameplate", "gauge"]
    assert told["dispatch_phone"] == "0531-88881234"


def test_a_stranger_is_told_nothing(web, world):
    assert web.test_client().get("/field/v1/settings").status_code == 401


def test_the_key_for_exports_is_made_once_and_for_its_owner_only(tmp_path):
    home = tmp_path / "home"
    first = queue_key.private_key(home).public_key()
    again = queue_key.private_key(home).public_key()
    assert queue_key.spelled_point(first) == queue_key.spelled_point(again)
    (path,) = home.iterdir()
    assert path.name == "queue-export.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_holds_another_key_is_named(tmp_path):
    (tmp_path / "queue-export.key").write_text("no key at all")
    with pytest.raises(ValueError, match="queue-export"):
        queue_key.private_key(tmp_path)


def test_handhelds_are_handed_the_address_of_the_proxy():
    behind = Settings(mqtt_public_ws_url="wss://estate.example/mqtt", mqtt_public_host="broker")
    assert behind.websocket_url == "wss://estate.example/mqtt"
    assert Settings(mqtt_public_host="broker").websocket_url == "ws://broker:8083/mqtt"


def test_a_handheld_that_is_paired_is_told_whether_the_broker_speaks_tls(settled, world):
    app = create_app(
        dataclasses.replace(
            settled, broker="mosquitto", mqtt_admin_password="secret", mqtt_port=8883, mqtt_tls=True
        )
    )
    with app.app_context(), transaction() as current:
        _, code = devices.enrol(
            current,
            label="HH-9",
            technician=world.user(LIU_QIANG),
            lifetime=dt.timedelta(minutes=15),
            by=world.by(ZHAO_MIN),
            at=utcnow(),
        )
    client = app.test_client()
    told = client.post("/field/v1/pairings", json={"code": code}).get_json()["mqtt"]
    published = client.get("/asyncapi.json").get_json()
    close(app)
    assert (told["port"], told["tls"]) == (8883, True)
    assert told["websocket_url"].startswith("wss://")
    assert [one["protocol"] for one in published["servers"].values()] == ["mqtts"]
