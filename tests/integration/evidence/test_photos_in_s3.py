"""Photos in S3 from the upload to the thumbnail, when it is away, and how a folder moves there."""

import dataclasses
import hashlib
import io

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from PIL import Image

from server.app import create_app
from server.cli import main
from server.db import session, transaction, utcnow
from server.evidence.models import Photo, PhotoState
from server.evidence.storage import FileStore, photo_store
from server.settings import Settings
from server.supervisor import CannotStart, Supervisor
from server.worker import exhaust
from tests.factories import pictures
from tests.integration.conftest import close
from tests.integration.evidence.conftest import build, populate
from tests.integration.evidence.test_looking_at_photos import look, signed_in

#: One bucket serves all tests: each has a photo of its own.
PHOTO = pictures.photo(71, size=(2400, 1800))
PART, LATE = pictures.photo(72), pictures.photo(73)


@pytest.fixture
def engine():
    """Where the rows are makes no difference to the bytes."""
    return "sqlite"


@pytest.fixture
def cast(settled, s3):
    """The house as it runs with its photos in S3."""
    app = create_app(dataclasses.replace(settled, **s3.settings))
    cast = build(app.extensions["paigong.settings"], app)
    with app.app_context(), transaction() as current:
        populate(current, cast)
    yield cast
    close(app)


def photos_of_health(cast) -> str:
    return cast.client().get("/healthz").get_json()["parts"]["photos"]


def sha_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def work(cast, content: bytes) -> Photo:
    """The photo worker at its work; the photo as it then is."""
    with cast.app.app_context():
        with transaction() as current:
            current.execute(sa.update(Photo).values(due_at=utcnow()))
        exhaust(cast.processor.run_once)
        return session().scalars(sa.select(Photo).where(Photo.sha256 == sha_of(content))).one()


def test_a_photo_goes_from_the_upload_to_the_desks_thumbnail(cast):
    assert cast.upload(PHOTO).status_code == 204
    assert work(cast, PHOTO).state == PhotoState.PROCESSED
    assert cast.files() == []
    headers = signed_in(cast, roles=["qa_reviewer"])
    thumbnail = look(cast, "thumbnail", headers, sha_of(PHOTO))
    assert Image.open(io.BytesIO(thumbnail.data)).width == 320
    original = look(cast, "original", headers, sha_of(PHOTO))
    assert (original.data, original.content_length) == (PHOTO, len(PHOTO))


def test_while_s3_is_away_nothing_is_lost_and_afterwards_all_goes_on(cast, s3):
    assert cast.upload(PART).status_code == 204
    url = cast.create(LATE, body=LATE[:4000]).headers["Location"]
    reviewer = signed_in(cast, roles=["qa_reviewer"])
    s3.stop()
    refused = cast.patch(url, 4000, LATE[4000:])
    assert (refused.status_code, refused.content_type) == (503, "application/problem+json")
    assert refused.get_json()["type"] == "urn:paigong:problem:photo-store-away"
    assert cast.offset(url) == 4000
    waits = work(cast, PART)
    assert (waits.state, waits.tries) == (PhotoState.STORED, 0)
    assert waits.due_at > utcnow()
    assert look(cast, "original", reviewer, sha_of(PART)).status_code == 503
    assert "the server does not answer" in photos_of_health(cast)
    s3.start()
    assert photos_of_health(cast) == "ok"
    assert cast.patch(url, 4000, LATE[4000:]).status_code == 204
    for photo in (PART, LATE):
        assert work(cast, photo).state == PhotoState.PROCESSED
        assert look(cast, "original", reviewer, sha_of(photo)).data == photo


def test_a_house_whose_key_is_refused_does_not_open(settings, s3):
    wrong = dataclasses.replace(settings, **{**s3.settings, "s3_secret": "guessed"})
    with pytest.raises(CannotStart, match="the key is refused"):
        Supervisor(wrong, demo=False)._prepare()
    assert not (wrong.home / "paigong.sqlite3").exists()


def test_a_folder_moves_into_s3_as_often_as_wanted(tmp_path, s3):
    folder = FileStore(tmp_path / "photos")
    contents = [b"one of the folder", b"another of the folder"]
    names = [sha_of(content) for content in contents]
    for name, content in zip(names, contents, strict=True):
        (tmp_path / "part").write_bytes(content)
        folder.put(name, tmp_path / "part")
    folder.put_derivative(names[0], "thumbnail", b"small")
    damaged = sha_of(b"lost")
    (tmp_path / "part").write_bytes(b"half of it")
    folder.put(damaged, tmp_path / "part")
    environment = {f"PAIGONG_{name.upper()}": value for name, value in s3.settings.items()}
    environment["PAIGONG_HOME"] = str(tmp_path)

    def move(*words):
        return CliRunner().invoke(main, ["photos", "to-s3", *words], env=environment)

    first = move()
    assert (first.exit_code, "copied 3, 已有 held 0, 有误 wrong 1" in first.output) == (1, True)
    assert damaged in first.output
    store = photo_store(Settings(**s3.settings))
    with store.open(names[1]) as file, store.open_derivative(names[0], "thumbnail") as small:
        assert (file.read(), small.read()) == (contents[1], b"small")
    assert not store.exists(damaged)

    folder.delete(damaged)
    again = move("--verify")
    assert (again.exit_code, "copied 0, 已有 held 3, 有误 wrong 0" in again.output) == (0, True)
    assert folder.exists(names[0])
