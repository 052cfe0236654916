"""The installation's key at push services: made once, whole, for nobody else to read."""

import threading

import pytest

from server.push.keys import vapid_key, vapid_public_key
from tests.factories.push_service import decoded


def test_keys_are_made_once_with_mode_600(settings):
    first = vapid_public_key(settings)
    file = settings.home / "vapid.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    pem = file.read_bytes()
    assert vapid_public_key(settings) == first
    assert file.read_bytes() == pem


def test_the_public_key_is_what_browsers_want(settings):
    point = decoded(vapid_public_key(settings))
    assert (len(point), point[0]) == (65, 4), "an uncompressed point"


def test_processes_that_start_together_agree_on_one_key(settings):
    ready, found = threading.Barrier(8), []

    def start():
        ready.wait()
        found.append(vapid_public_key(settings))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in settings.home.iterdir()] == ["vapid.key"], "no drafts are left"


def test_a_file_that_is_no_key_is_left_alone_and_named(settings):
    settings.home.mkdir()
    file = settings.home / "vapid.key"
    file.write_text("not a key")
    with pytest.raises(ValueError, match=r"vapid\.key holds no P-256"):
        vapid_key(settings)
    assert file.read_text() == "not a key"
