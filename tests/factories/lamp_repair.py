"""S-01 as it leaves the database: a lamp repaired with real pictures, readings and a signature."""

import datetime as dt
import hashlib
import tempfile
from pathlib import Path

from uuid_utils.compat import uuid7

from server.db import transaction
from server.evidence.models import Photo
from server.evidence.processing import Processor
from server.evidence.storage import photo_store
from server.work_orders.models import WorkOrder
from server.work_orders.operations import executing, moving
from server.worker import exhaust
from tests.cast import LIU_QIANG
from tests.factories import acts, pictures
from tests.factories.world import World

LINES = (
    {"item": "L-LAMP", "qty": "1"},
    {"item": "M-TUBE36", "qty": "1"},
    {"item": "M-STARTER", "qty": "1"},
)
#: step, answer, tags of its pictures; the price is confirmed before the first remedy
BEFORE_PRICE = (
    ("LAMP-01", {}, ("before",)),
    ("LAMP-02", {"confirmed": True}, ()),
    ("LAMP-03", {"value": "221", "unit": "V AC", "fields": {"ballast": "inductive"}}, ("meter",)),
    ("LAMP-05", {"confirmed": True}, ("isolation",)),
    ("LAMP-06", {"ok": True}, ()),
    ("LAMP-08", {"ok": False}, ()),
    ("LAMP-10", {"ok": False}, ()),
    ("LAMP-12", {"ok": True}, ()),
    ("LAMP-16", {"ok": True}, ()),
)
AFTER_PRICE = (
    ("LAMP-09", {"done": True}, ("old_part", "new_part")),
    (
        "LAMP-11",
        {"done": True, "old_spec": "T8 36 W", "new_spec": "T8 36 W"},
        ("old_part", "new_part"),
    ),
    ("LAMP-18", {"done": True}, ()),
    ("LAMP-19", {"value": "2", "unit": "times"}, ()),
    ("LAMP-20", {}, ("after",)),
)


def repaired_lamp(world: World, *, seed: int = 1, **facts: object) -> WorkOrder:
    """From the call to the trial that satisfied: accepted and signed, waiting for the write-off."""
    order = world.issued(category="lamp", **facts)
    acts.dispatch(world, order)
    acts.acknowledge(world, order)
    acts.arrive(world, order)
    for number, (step, answer, tags) in enumerate(BEFORE_PRICE):
        record(world, order, step, answer, tags, seed=seed * 100 + number)
    acts.inspect(world, order, note="启辉器发黑,灯管一端断丝")
    acts.quote(world, order, lines=LINES, total_fen=3000)
    acts.confirm_quote(world, order)
    for number, (step, answer, tags) in enumerate(AFTER_PRICE):
        record(world, order, step, answer, tags, seed=seed * 100 + 50 + number)
    acts.ready(world, order)
    signature = arrive(world, order, pictures.signature(seed), tag="signature")
    acts.accept(world, order, signature=signature)
    return order


def record(world: World, order, step, answer, tags=(), *, seed: int, attempt: int = 1) -> None:
    """One step with pictures that the server holds."""
    photos = [
        {
            "sha256": arrive(world, order, pictures.photo(seed * 10 + number), step=step, tag=tag),
            "tag": tag,
        }
        for number, tag in enumerate(tags)
    ]
    at, by = world.later(), world.by(acts.holder(world, order))
    with transaction() as current:
        executing.record_step(
            current,
            world.settings,
            moving.find_order(current, order.number, by=by),
            step=step,
            attempt=attempt,
            answer=answer,
            photos=photos,
            text=None,
            reason=None,
            by=by,
            at=at,
            device_at=at - dt.timedelta(seconds=2),
        )


def arrive(world: World, order, content: bytes, *, step: str = "", tag: str) -> str:
    """A picture as an upload leaves it, with its derivatives; gives its sha256."""
    sha256 = hashlib.sha256(content).hexdigest()
    store = photo_store(world.settings)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "picture"
        source.write_bytes(content)
        store.put(sha256, source)
    with transaction() as current:
        current.add(
            Photo(
                id=uuid7(),
                estate_id=order.estate_id,
                sha256=sha256,
                order_id=order.id,
                order_number=order.number,
                step=step,
                tag=tag,
                device_id=LIU_QIANG.handheld,
                media_type="image/jpeg",
                size_bytes=len(content),
                width_px=800,
                height_px=600,
                taken_at=world.now,
                received_at=world.now,
                keep_place=False,
                due_at=world.now,
            )
        )
    exhaust(Processor(store=store, near_bits=world.settings.photo_near_duplicate_bits).run_once)
    return sha256
