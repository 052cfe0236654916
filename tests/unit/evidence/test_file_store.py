"""Originals lie under their hash, whole or not at all, and stay as they came."""

import hashlib

import pytest

from server.evidence.storage import FileStore

BYTES = b"what the camera wrote" * 1000
SHA = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "photos")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "part"
    path.write_bytes(BYTES)
    return path


def test_the_original_comes_back_byte_for_byte(store, source):
    assert not store.exists(SHA)
    store.put(SHA, source)
    assert store.exists(SHA)
    with store.open(SHA) as file:
        assert file.read() == BYTES
    assert source.exists()
    assert (store.root / SHA[:2] / SHA[2:4] / SHA).exists()


def test_nothing_half_written_is_left_when_the_disk_gives_up(store, tmp_path):
    with pytest.raises(FileNotFoundError):
        store.put(SHA, tmp_path / "gone")
    assert not store.exists(SHA)
    assert not [path for path in store.root.rglob("*") if path.is_file()]


def test_derivatives_stand_beside_it_and_go_with_it(store, source):
    store.put(SHA, source)
    store.put_derivative(SHA, "thumbnail", b"small")
    store.put_derivative(SHA, "thumbnail", b"smaller")
    with store.open_derivative(SHA, "thumbnail") as file:
        assert file.read() == b"smaller"
    with pytest.raises(FileNotFoundError):
        store.open_derivative(SHA, "screen")
    store.delete(SHA)
    assert not store.exists(SHA)
    store.delete(SHA)
    assert not [path for path in store.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["../../etc/passwd", SHA.upper(), SHA[:-1], SHA + "\n", ""])
def test_only_a_hash_is_a_name(store, name):
    with pytest.raises(ValueError, match="sha256"):
        store.open(name)
