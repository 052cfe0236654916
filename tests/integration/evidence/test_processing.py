"""The photo worker: derivatives made, likely copies told, poisoned photos parked."""

import hashlib
import io

import pytest
from PIL import Image, ImageEnhance, ImageFilter
from sqlalchemy import select, text

from server import history
from server.db import MAX_TRIES, session, transaction, utcnow
from server.evidence import likeness, processing
from server.evidence.models import Flag, Photo, PhotoState, PhotoWindow
from server.evidence.processing import Processor
from server.evidence.uploads import flag_photo
from server.worker import exhaust
from tests.factories import pictures

GAUGE = pictures.photo(11)


def photo_of(content: bytes) -> Photo:
    sha256 = hashlib.sha256(content).hexdigest()
    question = select(Photo).where(Photo.sha256 == sha256)
    return session().scalars(question.execution_options(populate_existing=True)).one()


@pytest.fixture
def inside(cast):
    """The worker's own context, entered by hand: no request may run within it."""
    return cast.app.app_context


@pytest.fixture
def work(cast, inside):
    def until_nothing_is_left() -> None:
        with inside():
            exhaust(cast.processor.run_once)

    return until_nothing_is_left


def test_a_stored_photo_gets_its_screen_size_and_thumbnail(cast, work, inside):
    content = pictures.photo(10, size=(2400, 1800))
    cast.upload(content)
    work()
    with inside():
        photo = photo_of(content)
        assert photo.state == PhotoState.PROCESSED
        for size, width in (("screen", 1600), ("thumbnail", 320)):
            with cast.reception.store.open_derivative(photo.sha256, size) as file:
                assert Image.open(io.BytesIO(file.read())).width == width
        with cast.reception.store.open(photo.sha256) as file:
            assert file.read() == content
        assert not cast.processor.run_once()


def test_a_cropped_re_encoding_on_another_order_is_flagged(cast, work, inside):
    """S-11: stored, but the reviewer is told (P-17)."""
    cast.upload(GAUGE, tag="gauge_low")
    work()
    copy = pictures.cropped(GAUGE, part=0.08)
    answer = cast.create(copy, device="hh-03", order="FW-202503-0002", tag="gauge_low", body=copy)
    assert answer.status_code == 201
    work()
    with inside():
        found = photo_of(copy)
        assert found.flags == [Flag.NEAR_DUPLICATE]
        assert found.near_duplicate_of == photo_of(GAUGE).id
        assert photo_of(GAUGE).flags == []
        rows = history.history_of(session(), "order", "FW-202503-0002")
        assert [row.kind for row in rows] == ["photo.stored", "photo.flagged"]
        assert rows[-1].data == {"sha256": found.sha256, "flag": Flag.NEAR_DUPLICATE}


def test_a_photo_on_which_nothing_can_be_made_out_is_flagged(cast, work, inside):
    shaken = pictures.encoded(pictures.scene(31).filter(ImageFilter.GaussianBlur(14)))
    covered = pictures.encoded(ImageEnhance.Brightness(pictures.scene(32)).enhance(0.1))
    clear = pictures.photo(33)
    for step, content in (("LAMP-01", shaken), ("LAMP-03", covered), ("LAMP-05", clear)):
        cast.upload(content, step=step)
    work()
    with inside():
        found = [photo_of(content) for content in (shaken, covered, clear)]
        assert [photo.flags for photo in found] == [[Flag.BLURRED], [Flag.DARK], []]
        assert found[0].sharpness < found[2].sharpness
        assert found[1].brightness < found[2].brightness


def test_the_strokes_of_another_order_are_flagged_where_they_come_again(cast, work, inside):
    signature = {"step": "", "tag": "signature", "filetype": "image/png"}
    drawn, again = pictures.signature(1), pictures.redrawn(pictures.signature(1))
    cast.upload(drawn, **signature)
    cast.upload(pictures.signature(2), **signature)
    work()
    second = {**signature, "device": "hh-03", "order": "FW-202503-0002", "body": again}
    assert cast.create(again, **second).status_code == 201
    work()
    with inside():
        assert photo_of(again).flags == [Flag.STROKES_SEEN]
        assert photo_of(again).near_duplicate_of == photo_of(drawn).id
        assert photo_of(drawn).flags == photo_of(pictures.signature(2)).flags == []


def test_who_signs_price_and_work_of_one_order_alike_is_not_flagged(cast, work, inside):
    for drawn in (pictures.signature(1), pictures.redrawn(pictures.signature(1))):
        cast.upload(drawn, step="", tag="signature", filetype="image/png")
    work()
    with inside():
        assert [photo.flags for photo in session().scalars(select(Photo))] == [[], []]


def test_the_later_of_two_is_the_copy_also_when_it_was_processed_first(cast, work, inside):
    cast.upload(GAUGE)
    copy = pictures.cropped(GAUGE, part=0.06)
    cast.upload(copy, step="LAMP-17", tag="old_part")
    with inside():
        with transaction():
            photo_of(GAUGE).due_at = utcnow()
        work()
        assert photo_of(GAUGE).flags == []
        assert photo_of(copy).flags == [Flag.NEAR_DUPLICATE]


def test_two_shots_of_the_same_step_are_no_fraud(cast, work, inside):
    cast.upload(GAUGE)
    cast.upload(pictures.cropped(GAUGE, part=0.03))
    work()
    with inside():
        assert [photo.flags for photo in session().scalars(select(Photo))] == [[], []]


def test_unlike_photos_and_signatures_are_not_flagged(cast, work, inside):
    for seed in range(20, 26):
        cast.upload(pictures.photo(seed), step=f"LAMP-{seed}")
    for seed in (1, 2):
        cast.upload(pictures.signature(seed), step="", tag="signature", filetype="image/png")
    work()
    with inside():
        photos = session().scalars(select(Photo)).all()
        assert {photo.state for photo in photos} == {PhotoState.PROCESSED}
        assert [photo.flags for photo in photos] == [[]] * 8
        signed = [photo.id for photo in photos if photo.is_signature]
        windows = session().scalars(select(PhotoWindow.photo_id)).all()
        assert not set(signed) & set(windows)


def test_a_photo_that_cannot_be_processed_is_parked_and_flagged(cast, work, inside):
    cast.upload(GAUGE)
    cast.reception.store.delete(hashlib.sha256(GAUGE).hexdigest())
    sound = pictures.photo(12)
    cast.upload(sound, tag="after")
    with inside():
        for _ in range(MAX_TRIES + 1):
            work()
            with transaction():
                photo_of(GAUGE).due_at = utcnow()
        parked = photo_of(GAUGE)
        assert (parked.state, parked.flags) == (PhotoState.FAILED, [Flag.NOT_PROCESSED])
        assert parked.tries == processing.MOST_TRIES
        assert "FileNotFoundError" in parked.last_error
        assert photo_of(sound).state == PhotoState.PROCESSED
        assert not cast.processor.run_once()


def test_a_photo_that_kills_the_worker_is_parked_too(cast, work, inside):
    """A dead worker says nothing: only the counted claims tell."""
    cast.upload(GAUGE)
    with inside():
        with transaction():
            photo = photo_of(GAUGE)
            photo.tries, photo.lease = processing.MOST_TRIES, "of-a-dead-worker"
        work()
        assert photo_of(GAUGE).state == PhotoState.FAILED


def test_a_photo_is_not_taken_from_a_worker_that_holds_it(cast, work, inside):
    cast.upload(GAUGE)
    with inside():
        other = Processor(store=cast.processor.store)
        with transaction() as current:
            processing.claim(current, Photo, at=utcnow(), limit=1)
        assert not other.run_once()
        assert photo_of(GAUGE).state == PhotoState.STORED


def test_flagging_twice_tells_the_history_once(cast, work, inside):
    cast.upload(GAUGE)
    with inside():
        for _ in range(2):
            with transaction() as current:
                flag_photo(current, photo_of(GAUGE), Flag.BEFORE_ARRIVAL)
        with transaction() as current:
            flag_photo(current, photo_of(GAUGE), Flag.AFTER_FINISH)
        assert photo_of(GAUGE).flags == [Flag.BEFORE_ARRIVAL, Flag.AFTER_FINISH]
        kinds = [row.kind for row in history.history_of(session(), "order", "FW-202503-0001")]
        assert kinds == ["photo.stored", "photo.flagged", "photo.flagged"]


def test_lookalikes_are_found_by_index(cast, work, inside):
    """No table of photos is read through for a new one."""
    if cast.settings.database_url:
        pytest.skip("PostgreSQL reads a table of ten rows through, and is right")
    cast.upload(GAUGE)
    work()
    with inside():
        windows = session().scalars(select(PhotoWindow)).all()
        assert len(windows) == len(likeness.boxes())
        plan = session().execute(
            text(
                "EXPLAIN QUERY PLAN SELECT photo_id FROM photo_window"
                " WHERE band0 IN (1, 2) OR band1 IN (1, 2) OR band2 IN (1, 2) OR band3 IN (1, 2)"
            )
        )
        told = [row[3] for row in plan]
        assert not [line for line in told if line.startswith("SCAN")]
        assert sum("ix_photo_window_band" in line for line in told) == 4


def test_the_index_may_not_be_asked_for_more_than_it_reaches(cast):
    with pytest.raises(ValueError, match="reach"):
        Processor(store=cast.processor.store, near_bits=likeness.REACH_BITS + 1)
