"""The last resort: a handheld's queue as a file, taken in on the server, whole, once, by the rules."""

import hashlib
import io
import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from contracts import strict_json
from server import history
from server.devices.operations import revoke
from server.errors import Conflict, NotFound
from server.evidence.models import Photo, Upload
from server.evidence.reception import Reception
from server.evidence.storage import photo_store
from server.fieldwork import queue_file, queue_key
from server.fieldwork.models import DeviceEvent
from server.fieldwork.queue_file import Record, UnusableFile
from server.fieldwork.queue_import import take_in
from tests.cast import CHEN_JING, LIU_QIANG, MA_CHAO, after
from tests.factories import acts, pictures
from tests.factories.handheld import Handheld

PHOTO = pictures.photo(1)
SHA = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def order(world):
    """An order of 刘强's, whose handheld has not reached the server since."""
    order = world.issued(category="lamp", appointment_at=after(hours=6))
    acts.dispatch(world, order, to=LIU_QIANG)
    return order


@pytest.fixture
def handheld(world):
    """HH-01, in the hands of 刘强."""
    return Handheld(world=world, staff=LIU_QIANG)


@pytest.fixture
def imported(world, settled):
    """Takes a file in; its items as (fate, what, why)."""
    reception = Reception.of(settled, photo_store(settled))

    def run(content):
        found = [
            (str(item.fate), item.what, item.why)
            for item in take_in(settled, io.BytesIO(content), reception)
        ]
        world.session.expire_all()
        return found

    return run


def fates(items):
    return [fate for fate, _what, _why in items]


def event_record(event):
    return Record(meta={"kind": "event"}, body=strict_json.canonical(event))


def photo_record(of, content=PHOTO, **says):
    meta = {
        "kind": "photo",
        "order": of.number,
        "step": "",
        "tag": "before",
        "sha256": hashlib.sha256(content).hexdigest(),
        "filetype": "image/jpeg",
        "taken_at": "2025-03-05T01:19:30.000Z",
    }
    return Record(meta=meta | says, body=content)


def exported(settled, records, *, device=LIU_QIANG.handheld):
    out = io.BytesIO()
    queue_file.write(
        out,
        {"device": device, "made_at": "2025-03-05T09:30:00.000Z"},
        records,
        ephemeral=ec.generate_private_key(ec.SECP256R1()),
        server=queue_key.private_key(settled.home).public_key(),
    )
    return out.getvalue()


def a_morning(handheld, order):
    """Taken, arrived, looked at: with the photo behind the event that names it."""
    said = {"order_version": order.version}
    photos = [{"sha256": SHA, "tag": "before"}]
    return [
        event_record(handheld.event("order.acknowledged", order, **said)),
        event_record(handheld.event("order.arrived", order, **said)),
        event_record(
            handheld.event("order.inspected", order, note="两端发黑", photos=photos, **said)
        ),
        photo_record(order),
    ]


def everything(world):
    """All that a refused file must leave as it is."""
    session = world.session
    return (
        session.query(DeviceEvent).count(),
        session.query(Photo).count(),
        session.query(Upload).count(),
        session.query(history.HistoryRow).count(),
    )


def test_a_morning_in_the_cellar_is_taken_in(world, settled, order, handheld, imported):
    assert imported(exported(settled, a_morning(handheld, order))) == [
        # The photo first, so that nothing which waits for it is refused.
        ("taken", f"photo {SHA[:12]} {order.number} before", ""),
        ("taken", f"event 1 order.acknowledged {order.number}", "applied"),
        ("taken", f"event 2 order.arrived {order.number}", "applied"),
        ("taken", f"event 3 order.inspected {order.number}", "applied"),
    ]
    assert order.state == "on_site"
    assert world.handheld(LIU_QIANG).last_seq == 3
    photo = world.session.scalars(sa.select(Photo)).one()
    assert (photo.sha256, photo.order_number, photo.tag) == (SHA, order.number, "before")
    assert (settled.home / "photos" / SHA[:2] / SHA[2:4] / SHA).read_bytes() == PHOTO
    assert history.verify(world.session, "order", order.number) is None


def test_a_second_time_changes_nothing(world, settled, order, handheld, imported):
    content = exported(settled, a_morning(handheld, order))
    imported(content)
    before = everything(world)
    assert fates(imported(content)) == ["known"] * 4
    assert everything(world) == before


def test_what_came_over_the_network_meanwhile_is_known(world, settled, order, handheld, imported):
    event = handheld.event("order.acknowledged", order)
    handheld.send(event)
    second = handheld.event("order.arrived", order)
    items = imported(exported(settled, [event_record(event), event_record(second)]))
    assert fates(items) == ["known", "taken"]


def test_one_refused_event_does_not_take_the_others_along(
    world, settled, order, handheld, imported
):
    records = [
        event_record(handheld.event("order.ready", order)),
        event_record(handheld.event("order.acknowledged", order)),
    ]
    refused, taken = imported(exported(settled, records))
    assert refused[:2] == ("refused", f"event 1 order.ready {order.number}")
    assert refused[2]
    assert taken == ("taken", f"event 2 order.acknowledged {order.number}", "applied")


def test_a_gap_in_the_numbering_is_named(world, settled, order, handheld, imported):
    handheld.event("order.acknowledged", order)
    (item,) = imported(exported(settled, [event_record(handheld.event("order.arrived", order))]))
    assert item[0] == "refused"
    assert "number 1 comes first" in item[2]
    assert world.handheld(LIU_QIANG).last_seq == 0


@pytest.mark.parametrize(
    ("says", "content", "why"),
    [
        ({"sha256": "0" * 64}, PHOTO, "does not hash"),
        ({}, b"%PDF-1.7 no picture", "picture"),
        ({"tag": "selfie"}, PHOTO, "incomplete or wrong"),
        ({"order": "FW-202503-0999"}, PHOTO, "no order"),
    ],
    ids=["other bytes", "no picture", "unknown tag", "unknown order"],
)
def test_a_photo_is_judged_like_an_upload(world, settled, order, imported, says, content, why):
    before = everything(world)
    (item,) = imported(exported(settled, [photo_record(order, content, **says)]))
    assert item[0] == "refused"
    assert why in item[2]
    assert everything(world) == before
    assert list((settled.home / "uploads").glob("*")) == []


def test_a_photo_that_serves_another_order_already_is_refused(world, settled, order, imported):
    # P-17: bytes are evidence once, by whichever way they come.
    other = world.issued(category="lamp", appointment_at=after(hours=8))
    acts.dispatch(world, other, to=LIU_QIANG)
    imported(exported(settled, [photo_record(order)]))
    (item,) = imported(exported(settled, [photo_record(other)]))
    assert item[0] == "refused"
    assert item[2].endswith("(R-005)")
    assert world.session.query(Photo).count() == 1


def test_photos_of_an_incident_come_after_the_report_that_names_them(
    world, settled, handheld, imported
):
    report = handheld.event(
        "incident.reported",
        place="3栋大堂",
        category="engineering",
        description="消防管爆裂",
        photos=[{"sha256": SHA, "tag": "fault_point"}],
    )
    meta = {
        "kind": "photo",
        "event": report["id"],
        "tag": "fault_point",
        "sha256": SHA,
        "filetype": "image/jpeg",
    }
    content = exported(settled, [Record(meta=meta, body=PHOTO), event_record(report)])
    assert imported(content) == [
        ("taken", "event 1 incident.reported", "applied"),
        ("taken", f"photo {SHA[:12]} {report['id']} fault_point", ""),
    ]
    photo = world.session.scalars(sa.select(Photo)).one()
    assert photo.subject[0] == "incident"
    assert fates(imported(content)) == ["known", "known"]


def test_a_cut_or_changed_file_is_refused_whole(world, settled, order, handheld, imported):
    content = exported(settled, a_morning(handheld, order))
    before = everything(world)
    changed = content[:-1] + bytes([content[-1] ^ 1])
    for broken in (content[:-1], content[:-40], changed, b"PGQ1", b""):
        with pytest.raises(UnusableFile):
            imported(broken)
    assert everything(world) == before


def test_the_queue_of_a_revoked_handheld_is_refused(world, settled, order, handheld, imported):
    content = exported(settled, a_morning(handheld, order))
    world.do(
        revoke, LIU_QIANG.handheld, reason="丢失", lost=True, by=world.by(CHEN_JING), at=world.now
    )
    before = everything(world)
    with pytest.raises(Conflict) as refused:
        imported(content)
    assert refused.value.rule == "P-19"
    assert everything(world) == before


def test_a_queue_cannot_speak_for_another_handheld(world, settled, order, handheld, imported):
    content = exported(settled, a_morning(handheld, order), device=MA_CHAO.handheld)
    assert fates(imported(content)) == ["refused"] * 4
    assert world.session.query(DeviceEvent).filter_by(outcome="applied").count() == 0
    with pytest.raises(NotFound):
        imported(exported(settled, [], device="hh-nobody"))


def test_the_command_tells_each_item_and_ends_as_it_went(world, settled, order, handheld, tmp_path):
    file = tmp_path / "queue.pgq"
    environment = {
        **os.environ,
        "PAIGONG_HOME": str(settled.home),
        "PAIGONG_DATABASE_URL": settled.database_url,
    }

    def run(content):
        file.write_bytes(content)
        world.session.rollback()
        command = [sys.executable, "-m", "server.cli", "handheld", "import", str(file)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines(), done.stderr

    content = exported(settled, a_morning(handheld, order))
    code, said, _ = run(content)
    assert (code, len(said)) == (0, 5)
    assert said[1] == f"已收 taken\tevent 1 order.acknowledged {order.number}\tapplied"
    assert said[-1] == "已收 taken 4, 已有 known 0, 拒收 refused 0"
    code, said, _ = run(content)
    assert (code, said[-1]) == (0, "已收 taken 0, 已有 known 4, 拒收 refused 0")
    code, said, _ = run(exported(settled, [photo_record(order, b"no picture")]))
    assert (code, said[-1]) == (1, "已收 taken 0, 已有 known 0, 拒收 refused 1")
    code, said, wrong = run(content[:-1])
    assert (code, said) == (2, [])
    assert "cut off or changed" in wrong
