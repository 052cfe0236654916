"""The official Python client of tus, against the app as waitress serves it."""

import hashlib
import io
import threading

import pytest
from sqlalchemy import select
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed

from server.db import session
from server.evidence.models import Photo
from server.serving import WebServer
from tests.factories import pictures

PHOTO = pictures.photo(1, size=(1600, 1200))
CHUNK = 50_000


@pytest.fixture
def client(cast):
    """A tus client of handheld HH-01, and the served app behind it."""
    server = WebServer(cast.app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield TusClient(f"http://127.0.0.1:{server.port}/field/v1/photos", headers=cast.headers())
    server.stop()
    thread.join(10)
    assert not thread.is_alive()


def announcement(content: bytes, **says: str) -> dict[str, str]:
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "filetype": "image/jpeg",
        "order": "FW-202503-0001",
        "step": "LAMP-05",
        "tag": "isolation",
        "filename": "照片.jpg",
        **says,
    }


def uploader(client: TusClient, content: bytes, **says: str):
    return client.uploader(
        file_stream=io.BytesIO(content), chunk_size=CHUNK, metadata=announcement(content, **says)
    )


def held(cast) -> list[str]:
    with cast.app.app_context():
        return list(session().scalars(select(Photo.sha256)))


def test_the_official_client_uploads_in_pieces(cast, client):
    sending = uploader(client, PHOTO)
    sending.upload()
    assert sending.offset == len(PHOTO)
    assert held(cast) == [hashlib.sha256(PHOTO).hexdigest()]


def test_the_official_client_goes_on_where_another_one_stopped(cast, client):
    first = uploader(client, PHOTO)
    first.upload(stop_at=2 * CHUNK)
    second = client.uploader(file_stream=io.BytesIO(PHOTO), chunk_size=CHUNK, url=first.url)
    assert second.offset == 2 * CHUNK
    second.upload()
    assert held(cast) == [hashlib.sha256(PHOTO).hexdigest()]


def test_the_official_client_sends_its_checksums(cast, client):
    sending = client.uploader(
        file_stream=io.BytesIO(PHOTO),
        chunk_size=CHUNK,
        metadata=announcement(PHOTO),
        upload_checksum=True,
    )
    sending.upload()
    assert held(cast) == [hashlib.sha256(PHOTO).hexdigest()]


def test_the_official_client_learns_that_a_photo_is_held_already(cast, client):
    uploader(client, PHOTO).upload()
    again = uploader(client, PHOTO)
    again.retries, again.retry_delay = 1, 0
    again.upload()
    assert again.offset == len(PHOTO)
    assert len(held(cast)) == 1


def test_the_official_client_is_told_why_a_photo_is_refused(cast, client):
    with pytest.raises(TusUploadFailed) as refused:
        uploader(client, PHOTO, sha256="0" * 64).upload()
    assert refused.value.status_code == 422
    assert b"photo-hash-mismatch" in refused.value.response_content
    assert held(cast) == []
    assert cast.files() == []
