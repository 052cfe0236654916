"""The exported queue to the byte, and that no changed byte of it gets through."""

import base64
import hashlib
import hmac
import io
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import contracts
from server.fieldwork import queue_file, queue_key
from server.fieldwork.queue_file import QueueFile, Record, UnusableFile

GOLDEN = json.loads(
    (Path(contracts.__file__).parent / "golden" / "queue-file.json").read_text(encoding="utf-8")
)
FILE = bytes.fromhex(GOLDEN["file"])
HEADER = GOLDEN["header"].encode()
MOST = 10_000


def private(side):
    secret = base64.urlsafe_b64decode(GOLDEN[side]["private_jwk"]["d"] + "=")
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


SERVER, EPHEMERAL = private("server"), private("ephemeral")


def body_of(record):
    return record["text"].encode() if "text" in record else bytes.fromhex(record["hex"])


def golden_records():
    return [
        Record(meta=json.loads(record["meta"]), body=body_of(record))
        for record in GOLDEN["records"][:-1]
    ]


def opened(content, *, key=SERVER, most_bytes=MOST):
    return QueueFile(io.BytesIO(content), key, most_bytes=most_bytes)


def written(records, **header):
    out = io.BytesIO()
    told = {"device": "hh-01", "made_at": "2025-03-05T09:30:00.000Z", **header}
    queue_file.write(out, told, records, ephemeral=EPHEMERAL, server=SERVER.public_key())
    return out.getvalue()


def by_hand(sealed):
    """A file of these (meta, body, mark) triples, put together from the text of docs/wire.md."""
    out = b"PGQ1" + len(HEADER).to_bytes(4, "big") + HEADER
    for place, (meta, body, mark) in enumerate(sealed):
        plain = len(meta).to_bytes(4, "big") + meta + body
        cipher = AESGCM(bytes.fromhex(GOLDEN["key"]))
        record = cipher.encrypt(place.to_bytes(12, "big"), plain, mark)
        out += len(record).to_bytes(4, "big") + record
    return out


def test_the_golden_key_is_the_one_that_the_page_describes():
    salt = hashlib.sha256(HEADER).digest()
    secret = EPHEMERAL.exchange(ec.ECDH(), SERVER.public_key())
    # HKDF of RFC 5869 for a single block.
    extracted = hmac.digest(salt, secret, "sha256")
    derived = hmac.digest(extracted, b"paigong queue file v1" + b"\x01", "sha256")
    assert (salt.hex(), secret.hex(), derived.hex()) == (
        GOLDEN["salt"],
        GOLDEN["shared_secret"],
        GOLDEN["key"],
    )
    point = base64.urlsafe_b64decode(GOLDEN["server"]["public_key"] + "=")
    assert hashlib.sha256(point).hexdigest()[:16] == GOLDEN["server"]["id"]
    assert json.loads(HEADER)["key"] == GOLDEN["server"]["id"]


def test_the_golden_file_is_the_one_that_the_page_describes():
    records = [(record["meta"].encode(), body_of(record)) for record in GOLDEN["records"]]
    marks = [b"\x00"] * (len(records) - 1) + [b"\x01"]
    assert by_hand([(*record, mark) for record, mark in zip(records, marks, strict=True)]) == FILE


def test_the_golden_file_is_written_to_the_byte():
    assert written(golden_records()) == FILE


def test_the_golden_file_is_read():
    queue = opened(FILE)
    assert queue.device_id == "hh-01"
    assert queue.verify() == (2, 1)
    # Read again from the start, as whoever takes it in does.
    assert list(queue.records())[:-1] == golden_records()


def test_an_empty_queue_is_a_file_too():
    assert opened(written([])).verify() == (0, 0)


def test_a_file_cut_off_anywhere_is_refused():
    for length in range(len(FILE)):
        with pytest.raises(UnusableFile):
            opened(FILE[:length]).verify()


def test_a_file_with_any_byte_changed_is_refused():
    for place in range(len(FILE)):
        changed = bytes([FILE[place] ^ 0x01])
        with pytest.raises(UnusableFile):
            opened(FILE[:place] + changed + FILE[place + 1 :]).verify()


def pieces():
    """The records of the golden file, sealed, each with its length."""
    found, at = [], 8 + len(HEADER)
    while at < len(FILE):
        size = 4 + int.from_bytes(FILE[at : at + 4], "big")
        found.append(FILE[at : at + size])
        at += size
    return FILE[: 8 + len(HEADER)], found


@pytest.mark.parametrize(
    "order",
    [(1, 0, 2, 3), (0, 1, 3), (0, 0, 1, 2, 3), (0, 1, 2), (0, 1, 2, 3, 3), (3,)],
    ids=["swapped", "one left out", "one twice", "no end", "two ends", "only the end"],
)
def test_records_that_were_moved_or_left_out_are_noticed(order):
    start, found = pieces()
    with pytest.raises(UnusableFile):
        opened(start + b"".join(found[place] for place in order)).verify()


def test_a_file_for_another_server_says_so():
    other = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(UnusableFile, match=GOLDEN["server"]["id"]):
        opened(FILE, key=other)


EVENT = (b'{"kind":"event"}', b"{}", b"\x00")
END = b'{"kind":"end","events":1,"photos":0}'


@pytest.mark.parametrize(
    "sealed",
    [
        [EVENT, (b'{"kind":"end","events":2,"photos":0}', b"", b"\x01")],
        [EVENT, (b'{"kind":"end","events":1}', b"", b"\x01")],
        [EVENT, (END, b"more", b"\x01")],
        [EVENT, (END, b"", b"\x00"), (END, b"", b"\x01")],
        [(b'{"kind":"key"}', b"", b"\x00"), EVENT, (END, b"", b"\x01")],
        [(b"[]", b"", b"\x00"), EVENT, (END, b"", b"\x01")],
        [(b"{", b"", b"\x00"), EVENT, (END, b"", b"\x01")],
        [(EVENT[0], EVENT[1], b"\x01")],
    ],
    ids=[
        "one missing",
        "no count",
        "an end with a body",
        "an end before the end",
        "unknown kind",
        "no object",
        "no JSON",
        "no end",
    ],
)
def test_what_is_sealed_rightly_but_makes_no_queue_is_refused(sealed):
    with pytest.raises(UnusableFile):
        opened(by_hand(sealed)).verify()


def test_a_record_beyond_the_largest_photo_is_refused_before_it_is_read():
    huge = b"PGQ1" + len(HEADER).to_bytes(4, "big") + HEADER + (2**32 - 1).to_bytes(4, "big")
    with pytest.raises(UnusableFile):
        opened(huge).verify()
    with pytest.raises(UnusableFile):
        opened(written([Record(meta={"kind": "photo"}, body=bytes(20_000))])).verify()


def test_the_key_is_known_by_the_point_that_handhelds_are_given():
    public = SERVER.public_key()
    assert queue_key.spelled_point(public) == GOLDEN["server"]["public_key"]
    assert queue_key.key_id(public) == GOLDEN["server"]["id"]
