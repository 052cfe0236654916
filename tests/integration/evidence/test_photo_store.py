"""Originals lie under their hash, whole or not at all, and stay as they came: in a folder and in S3."""

import dataclasses
import hashlib
import os
import signal

import pytest

from server.evidence.s3 import S3Store
from server.evidence.storage import FileStore, StoreAway, photo_store
from server.settings import Settings
from tests.s3_server import READERS_KEY_ID


@pytest.fixture
def content(request):
    """Other bytes in every test: one bucket serves them all."""
    return request.node.nodeid.encode() * 40_000


@pytest.fixture
def sha(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path):
    if request.param == "folder":
        return FileStore(tmp_path / "photos")
    return photo_store(Settings(**request.getfixturevalue("s3").settings))


@pytest.fixture
def source(tmp_path, content):
    path = tmp_path / "part"
    path.write_bytes(content)
    return path


def read(file):
    with file:
        return file.read()


def test_the_original_comes_back_byte_for_byte(store, source, content, sha):
    assert store.trouble(writing=True) == ""
    assert not store.exists(sha)
    store.put(sha, source)
    assert store.exists(sha)
    assert read(store.open(sha)) == content
    assert source.exists()


def test_what_is_held_stays_as_it_came(store, source, content, sha, tmp_path):
    store.put(sha, source)
    store.put(sha, source)
    assert read(store.open(sha)) == content


def test_nothing_half_written_is_left_when_the_disk_gives_up(store, sha, tmp_path):
    with pytest.raises(FileNotFoundError):
        store.put(sha, tmp_path / "gone")
    assert not store.exists(sha)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_derivatives_stand_beside_it_and_go_with_it(store, source, sha):
    store.put(sha, source)
    store.put_derivative(sha, "thumbnail", b"small")
    store.put_derivative(sha, "thumbnail", b"smaller")
    assert read(store.open_derivative(sha, "thumbnail")) == b"smaller"
    with pytest.raises(FileNotFoundError):
        store.open_derivative(sha, "screen")
    store.delete(sha)
    assert not store.exists(sha)
    with pytest.raises(FileNotFoundError):
        store.open_derivative(sha, "thumbnail")
    store.delete(sha)


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", ""])
def test_only_a_hash_is_a_name(store, name):
    with pytest.raises(ValueError, match="sha256"):
        store.open(name)
    with pytest.raises(ValueError, match="sha256"):
        store.delete(name)


def test_a_folder_lays_files_where_people_find_them(tmp_path, source, sha):
    FileStore(tmp_path / "photos").put(sha, source)
    assert (tmp_path / "photos" / sha[:2] / sha[2:4] / sha).exists()


def test_a_folder_that_is_none_is_said_at_the_start(tmp_path):
    (tmp_path / "photos").touch(mode=0o600)
    assert "cannot be written" in FileStore(tmp_path / "photos").trouble()


def test_s3_keeps_the_first_bytes_of_a_name(s3, source, content, sha, tmp_path):
    store = S3Store(Settings(**s3.settings))
    store.put(sha, source)
    (tmp_path / "others").write_bytes(b"other bytes")
    store.put(sha, tmp_path / "others")
    assert read(store.open(sha)) == content


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"s3_secret": "guessed"}, "the key is refused (SignatureDoesNotMatch)"),
        ({"s3_key_id": "nobody"}, "the key is refused (InvalidAccessKeyId)"),
        ({"s3_key_id": READERS_KEY_ID}, "the key is refused (AccessDenied)"),
        ({"s3_bucket": "elsewhere"}, "there is no bucket elsewhere"),
        ({"s3_endpoint": "http://127.0.0.1:9"}, "the server does not answer"),
    ],
)
def test_a_store_that_cannot_be_used_is_said_and_keeps_nothing(s3, source, sha, other, said):
    store = S3Store(dataclasses.replace(Settings(**s3.settings), **other))
    assert store.trouble(writing=True).endswith(said)
    with pytest.raises(StoreAway):
        store.put(sha, source)
    assert not S3Store(Settings(**s3.settings)).exists(sha)


def test_variables_of_other_programs_have_no_say(s3, monkeypatch):
    for name in ("SESSION_TOKEN", "ENDPOINT", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "BUCKET"):
        monkeypatch.setenv(f"AWS_{name}", "not-ours")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    assert S3Store(Settings(**s3.settings)).trouble(writing=True) == ""


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_process_is_told_so_instead_of_waiting_for_ever(s3, sha):
    store = S3Store(Settings(**s3.settings))
    assert not store.exists(sha)
    child = os.fork()
    if child == 0:
        signal.alarm(5)
        try:
            store.exists(sha)
        except RuntimeError:
            os._exit(0)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
