"""A server killed at the worst moments of an upload loses nothing and doubles nothing."""

import hashlib
import subprocess
import sys

import pytest
from sqlalchemy import select

from server import history
from server.db import session
from server.evidence.models import Photo
from tests.factories import pictures

PHOTO = pictures.photo(3)
SHA = hashlib.sha256(PHOTO).hexdigest()

# The piece is appended by a process of its own that kills itself (SIGKILL) at the named moment.
SERVER = """
import os, signal, sys
from pathlib import Path
from server.evidence.spool import Part, Spool
from server.evidence.storage import FileStore
from server.settings import Settings
from tests.integration.evidence.conftest import build

home, database_url, url, moment = Path(sys.argv[1]), *sys.argv[2:]
owner, name = {
    "bytes-written": (Part, "append"),
    "photo-stored": (FileStore, "put"),
    "all-committed": (Spool, "discard"),
}[moment]
real = getattr(owner, name)

def fatal(*args, **options):
    if moment != "all-committed":
        real(*args, **options)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, fatal)
cast = build(Settings(home=home, database_url=database_url))
offset = cast.offset(url)
cast.patch(url, offset, sys.stdin.buffer.read())
"""


def killed(cast, url: str, moment: str, piece: bytes) -> None:
    known = cast.settings
    command = [sys.executable, "-c", SERVER, str(known.home), known.database_url, url, moment]
    ended = subprocess.run(command, input=piece, check=False, capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()


def the_photo_is_held_once(cast) -> None:
    with cast.app.app_context():
        assert [photo.sha256 for photo in session().scalars(select(Photo))] == [SHA]
        rows = history.history_of(session(), "order", "FW-202503-0001")
        assert [row.kind for row in rows] == ["photo.stored"]
        assert history.verify(session(), "order", "FW-202503-0001") is None
        cast.reception.sweep()
    assert cast.files() == [SHA]


def test_bytes_on_disk_that_no_row_knows_are_sent_again(cast):
    url = cast.create(PHOTO, body=PHOTO[:4000]).headers["Location"]
    killed(cast, url, "bytes-written", PHOTO[4000:9000])
    assert cast.offset(url) == 4000
    # The handheld may go on in other pieces than before: what lay beyond the offset is cut off.
    assert cast.patch(url, 4000, PHOTO[4000:6000]).status_code == 204
    assert cast.patch(url, 6000, PHOTO[6000:]).status_code == 204
    the_photo_is_held_once(cast)


@pytest.mark.parametrize("moment", ["bytes-written", "photo-stored"])
def test_an_upload_is_never_called_done_before_its_photo_is_held(cast, moment):
    url = cast.create(PHOTO, body=PHOTO[:4000]).headers["Location"]
    killed(cast, url, moment, PHOTO[4000:])
    assert cast.offset(url) == 4000
    assert cast.patch(url, 4000, PHOTO[4000:]).status_code == 204
    the_photo_is_held_once(cast)


def test_an_upload_that_was_done_is_called_done_after_the_kill(cast):
    url = cast.create(PHOTO, body=PHOTO[:4000]).headers["Location"]
    killed(cast, url, "all-committed", PHOTO[4000:])
    assert cast.offset(url) == len(PHOTO)
    the_photo_is_held_once(cast)
