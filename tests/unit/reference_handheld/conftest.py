"""A handheld's store on disk, paired, as each of these tests needs one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_handheld.store import Pairing, Store

PAIRING = Pairing(
    url="http://127.0.0.1:1",
    device="hh-01",
    token="token",
    technician="刘强",
    mqtt={
        "host": "127.0.0.1",
        "port": 1,
        "tls": False,
        "websocket_url": None,
        "client_id": "hh-01",
        "username": "hh-01",
        "password": "secret",
        "root": "paigong/v1",
    },
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "handheld.sqlite")
    store.pair(PAIRING)
    yield store
    store.close()
