"""Photos of what was found in a public area: they belong to the incident, by the report's id."""

import hashlib
import itertools

import pytest
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from server import history
from server.db import session
from server.evidence import queries
from server.evidence.models import Flag, Photo, Upload
from server.incidents.models import Incident
from server.reactions import run_once as react
from server.worker import exhaust
from tests.factories import pictures
from tests.integration.evidence.conftest import HANDHELDS
from tests.integration.evidence.test_looking_at_photos import signed_in

PHOTO = pictures.encoded(
    pictures.scene(1, (2000, 1500)),
    exif=pictures.metadata(taken_at="2025:03:05 10:41:00", place=(22.5, 113.9)),
)
SHA = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def report(cast):
    """Sends `incident.reported` that names pictures; the event's id and the reply's outcome."""
    seq = itertools.count(1)

    def send(*contents, **data):
        event = {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": "devices/hh-01",
            "type": "incident.reported",
            "time": "2025-03-05T02:40:00.000Z",
            "seq": next(seq),
            "data": {
                "place": "3栋大堂",
                "category": "engineering",
                "description": "消防管爆裂",
                "photos": [
                    {"sha256": hashlib.sha256(content).hexdigest(), "tag": "fault_point"}
                    for content in contents
                ],
            }
            | data,
        }
        answer = cast.client().post("/field/v1/events", json=[event], headers=cast.headers())
        return event["id"], answer.get_json()["replies"][0]["outcome"]

    return send


def upload(cast, content, event, **says):
    return cast.upload(
        content, **{"order": "", "step": "", "tag": "fault_point"} | says, event=event
    )


def held(cast):
    with cast.app.app_context():
        return [photo.subject for photo in session().scalars(sa.select(Photo))]


def numbers(cast):
    with cast.app.app_context():
        return list(session().scalars(sa.select(Incident.number).order_by(Incident.number)))


def test_a_photo_that_the_report_names_belongs_to_the_incident(cast, report):
    event, outcome = report(PHOTO)
    assert outcome == "applied"
    (number,) = numbers(cast)
    assert upload(cast, PHOTO, event, taken_at="2025-03-05T02:41:00Z").status_code == 204
    with cast.app.app_context():
        photo = queries.find(session(), SHA)
        assert (photo.subject, photo.order_id, photo.keep_place) == (
            ("incident", number),
            None,
            False,
        )
        assert queries.photos_of_incident(session(), photo.incident_id) == [photo]
        rows = history.history_of(session(), "incident", number)
        assert [row.kind for row in rows] == ["incident.found", "alert.raised", "photo.stored"]
        assert history.verify(session(), "incident", number) is None
        exhaust(lambda: react(cast.settings))
    again = upload(cast, PHOTO, event)
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(len(PHOTO)))
    assert held(cast) == [("incident", number)]


def test_the_report_comes_first(cast, report):
    refused = upload(cast, PHOTO, str(uuid7()))
    assert refused.status_code == 404
    assert "incident.reported" in refused.get_json()["detail_en"]
    event, outcome = report(PHOTO, category="weather")
    assert outcome == "rejected"
    assert upload(cast, PHOTO, event).status_code == 404
    assert (held(cast), cast.files()) == ([], [])


def test_only_what_the_report_names_is_taken_and_only_from_its_handheld(cast, report):
    event, _ = report(PHOTO)
    other = upload(cast, pictures.photo(2), event)
    assert (other.status_code, list(other.get_json()["errors"])) == (422, ["sha256"])
    assert upload(cast, PHOTO, event, device=HANDHELDS[1]).status_code == 404
    with cast.app.app_context():
        assert session().scalars(sa.select(Upload)).all() == []


@pytest.mark.parametrize(
    ("says", "wrong"),
    [
        ({"order": "FW-202503-0001"}, "order"),
        ({"step": "LAMP-05"}, "step"),
        ({"event": ""}, "order"),
        ({"event": "FW-202503-0001"}, "event"),
    ],
)
def test_an_upload_names_an_order_or_an_event(cast, report, says, wrong):
    event, _ = report(PHOTO)
    refused = cast.create(
        PHOTO, **{"order": "", "step": "", "tag": "before", "event": event} | says
    )
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, [wrong])


def test_the_same_bytes_are_evidence_once_of_order_or_incident(cast, report):
    """R-005, P-17, in both directions."""
    event, _ = report(PHOTO, pictures.photo(2))
    assert upload(cast, PHOTO, event).status_code == 204
    answer = cast.create(PHOTO)
    assert (answer.status_code, answer.get_json()["rule"]) == (409, "R-005")
    cast.upload(pictures.photo(2))
    answer = upload(cast, pictures.photo(2), event)
    assert (answer.status_code, answer.get_json()["rule"]) == (409, "R-005")
    second, _ = report(PHOTO)
    assert upload(cast, PHOTO, second).status_code == 409


def test_a_copy_is_seen_across_orders_and_incidents_and_not_within_one(cast, report):
    """P-17: two shots of one incident are care, a picture of an order passed off as one is not."""
    near = pictures.encoded(pictures.scene(1, (2000, 1500)), quality=60)
    nearer = pictures.encoded(pictures.scene(1, (2000, 1500)), quality=70)
    event, _ = report(PHOTO, near)
    upload(cast, PHOTO, event)
    upload(cast, near, event)
    with cast.app.app_context():
        exhaust(cast.processor.run_once)
        assert [photo.flags for photo in session().scalars(sa.select(Photo))] == [[], []]
    cast.upload(nearer)
    with cast.app.app_context():
        exhaust(cast.processor.run_once)
        session().expire_all()
        photo = queries.find(session(), hashlib.sha256(nearer).hexdigest())
        assert Flag.NEAR_DUPLICATE in photo.flags


def test_the_desk_looks_at_the_incident_and_its_photos_without_the_place(cast, report):
    event, _ = report(PHOTO, pictures.photo(2))
    upload(cast, PHOTO, event)
    with cast.app.app_context():
        exhaust(cast.processor.run_once)
    (number,) = numbers(cast)
    desk = signed_in(cast, roles=["dispatch_duty"])
    told = cast.client().get(f"/api/v1/incidents/{number}", headers=desk).get_json()
    assert (told["number"], told["place"], told["state"]) == (number, "3栋大堂", "notified")
    listed = cast.client().get(f"/api/v1/incidents/{number}/photos", headers=desk).get_json()
    (photo,) = listed["items"]
    assert (photo["sha256"], photo["tag"], photo["flags"]) == (SHA, "fault_point", [])
    for address in ("url", "thumbnail_url"):
        with cast.client().get(photo[address], headers=desk) as answer:
            assert answer.mimetype == "image/jpeg"
            assert b"GPS" not in answer.get_data()


def test_who_may_not_see_photos_sees_none_of_an_incident(cast, report):
    event, _ = report(PHOTO)
    upload(cast, PHOTO, event)
    (number,) = numbers(cast)
    for role, allowed in (("dept_head", 403), ("technician", 403), ("cs_manager", 200)):
        who = signed_in(cast, roles=[role])
        answer = cast.client().get(f"/api/v1/incidents/{number}/photos", headers=who)
        assert answer.status_code == allowed, role
    answer = cast.client().get(
        "/api/v1/incidents/GQ-202503-0999/photos", headers=signed_in(cast, roles=["gpm"])
    )
    assert answer.status_code == 404
