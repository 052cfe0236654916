"""Photos come in by tus: resumed at any byte, judged at the end, held once, refused in words."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from server import history
from server.db import session, transaction, utcnow
from server.evidence import queries
from server.evidence.models import Flag, Photo, Upload
from tests.factories import pictures
from tests.integration.evidence.conftest import PIECE, TUS

PHOTO = pictures.photo(1)
SHA = hashlib.sha256(PHOTO).hexdigest()


def checksum_of(piece: bytes, algorithm: str = "sha256") -> str:
    digest = base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()
    return f"{algorithm} {digest}"


def held(cast) -> list[tuple[str, str, str]]:
    with cast.app.app_context():
        return [(photo.step, photo.tag, photo.sha256) for photo in session().scalars(select(Photo))]


def open_uploads(cast) -> int:
    with cast.app.app_context():
        return len(session().scalars(select(Upload)).all())


def test_a_photo_sent_in_one_piece_is_held_as_it_came(cast):
    answer = cast.upload(PHOTO, taken_at="2025-03-05T02:41:00Z")
    assert answer.status_code == 204
    assert answer.headers["Upload-Offset"] == str(len(PHOTO))
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    with cast.app.app_context():
        photo = queries.find(session(), SHA)
        assert queries.held(session(), photo.order_id) == {("LAMP-05", "isolation", SHA)}
        assert [one.id for one in queries.photos_of(session(), photo.order_id)] == [photo.id]
        assert (photo.size_bytes, photo.width_px, photo.height_px) == (len(PHOTO), 800, 600)
        assert photo.taken_at.isoformat() == "2025-03-05T02:41:00+00:00"
        (row,) = history.history_of(session(), "order", "FW-202503-0001")
    assert (row.kind, row.data["sha256"], row.data["step"]) == ("photo.stored", SHA, "LAMP-05")
    assert row.actor == "device:hh-01"
    with cast.reception.store.open(SHA) as file:
        assert file.read() == PHOTO
    assert cast.files() == [SHA]


@pytest.mark.parametrize("size", [997, 4096, 20_000])
def test_an_upload_goes_on_at_every_piece_boundary(cast, size):
    url = cast.create(PHOTO).headers["Location"]
    for start in range(0, len(PHOTO), size):
        assert cast.offset(url) == start
        answer = cast.patch(url, start, PHOTO[start : start + size])
        assert answer.status_code == 204
    assert cast.offset(url) == len(PHOTO)
    assert held(cast) == [("LAMP-05", "isolation", SHA)]


def test_a_piece_at_the_wrong_place_is_refused_and_told_where_to_go_on(cast):
    url = cast.create(PHOTO).headers["Location"]
    cast.patch(url, 0, PHOTO[:5000])
    for wrong in (0, 4999, 5001, len(PHOTO)):
        answer = cast.patch(url, wrong, PHOTO[wrong : wrong + 10])
        assert answer.status_code == 409
        assert answer.content_type == "application/problem+json"
        assert answer.get_json()["upload_offset"] == 5000
    assert cast.patch(url, 5000, PHOTO[5000:]).status_code == 204
    assert held(cast) == [("LAMP-05", "isolation", SHA)]


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_damaged_piece_counts_for_nothing(cast, algorithm):
    url = cast.create(PHOTO).headers["Location"]
    piece = PHOTO[:5000]
    told = {"Upload-Checksum": checksum_of(piece, algorithm)}
    damaged = piece[:100] + b"\0" + piece[101:]
    answer = cast.patch(url, 0, damaged, **told)
    assert answer.status_code == 460
    assert answer.content_type == "application/problem+json"
    assert cast.offset(url) == 0
    assert cast.patch(url, 0, piece, **told).status_code == 204
    assert cast.offset(url) == 5000


def test_the_first_bytes_may_come_with_the_announcement(cast):
    answer = cast.create(PHOTO, body=PHOTO[:3000])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "3000")
    url = answer.headers["Location"]
    assert cast.patch(url, 3000, PHOTO[3000:]).status_code == 204
    other = pictures.photo(2)
    answer = cast.create(other, body=other)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(other)))
    assert len(held(cast)) == 2


def test_bytes_that_do_not_hash_to_the_announcement_leave_nothing(cast):
    url = cast.create(PHOTO, sha256="0" * 64).headers["Location"]
    answer = cast.patch(url, 0, PHOTO)
    assert answer.status_code == 422
    assert answer.get_json()["type"].endswith("photo-hash-mismatch")
    assert cast.offset(url) is None
    assert (held(cast), open_uploads(cast), cast.files()) == ([], 0, [])


@pytest.mark.parametrize(
    ("content", "says", "slug"),
    [
        (b"%PDF-1.7 not a picture at all", {}, "photo-not-a-picture"),
        (PHOTO[: len(PHOTO) // 2], {}, "photo-damaged"),
        (pictures.encoded(pictures.scene(1), "PNG"), {}, "photo-mislabelled"),
        (pictures.png_bomb(30_000, 30_000), {"filetype": "image/png"}, "photo-too-many-pixels"),
        (PHOTO, {"tag": "signature", "step": ""}, "signature-not-png"),
    ],
)
def test_what_is_no_photo_is_refused_at_the_end_and_leaves_nothing(cast, content, says, slug):
    answer = cast.upload(content, **says)
    assert answer.status_code == 422
    assert answer.get_json()["type"].endswith(slug)
    assert (held(cast), open_uploads(cast), cast.files()) == ([], 0, [])


def test_the_same_photo_on_the_same_step_answers_as_done(cast):
    cast.upload(PHOTO)
    answer = cast.create(PHOTO)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(PHOTO)))
    url = answer.headers["Location"]
    assert cast.offset(url) == len(PHOTO)
    assert cast.patch(url, len(PHOTO), b"").status_code == 204
    assert cast.patch(url, len(PHOTO), b"more").status_code == 413
    assert len(held(cast)) == 1
    with cast.app.app_context():
        assert len(history.history_of(session(), "order", "FW-202503-0001")) == 1


def test_one_picture_of_old_and_new_part_may_stand_for_both_tags(cast):
    cast.upload(PHOTO)
    answer = cast.create(PHOTO, tag="new_part")
    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == str(len(PHOTO))


@pytest.mark.parametrize(
    ("device", "says"),
    [
        ("hh-01", {"step": "LAMP-06"}),
        ("hh-01", {"step": ""}),
        ("hh-03", {"order": "FW-202503-0002"}),
    ],
)
def test_the_same_photo_elsewhere_is_refused_before_a_byte_is_sent(cast, device, says):
    """S-11: R-005, P-17."""
    cast.upload(PHOTO)
    answer = cast.create(PHOTO, device=device, **says)
    assert answer.status_code == 409
    problem = answer.get_json()
    assert problem["rule"] == "R-005"
    assert "已用作其他步骤或其他工单的证据" in problem["detail"]
    assert "another step or order" in problem["detail"]
    assert "FW-202503-0001" not in problem["detail"]
    assert len(held(cast)) == 1


def test_of_two_uploads_of_the_same_photo_under_way_only_one_becomes_evidence(cast):
    """P-17 holds also where neither was finished when the other was announced."""
    first = cast.create(PHOTO).headers["Location"]
    second = cast.create(PHOTO, device="hh-03", order="FW-202503-0002").headers["Location"]
    again = cast.create(PHOTO).headers["Location"]
    assert cast.patch(first, 0, PHOTO).status_code == 204
    refused = cast.patch(second, 0, PHOTO, device="hh-03")
    assert (refused.status_code, refused.get_json()["rule"]) == (409, "R-005")
    assert cast.patch(again, 0, PHOTO).status_code == 204
    assert held(cast) == [("LAMP-05", "isolation", SHA)]
    assert cast.files() == [SHA]
    with cast.reception.store.open(SHA) as file:
        assert file.read() == PHOTO


def test_of_three_uploads_of_the_same_photo_ending_at_once_one_becomes_evidence(cast):
    senders = [
        ("hh-01", cast.create(PHOTO).headers["Location"]),
        ("hh-01", cast.create(PHOTO).headers["Location"]),
        (
            "hh-03",
            cast.create(PHOTO, device="hh-03", order="FW-202503-0002").headers["Location"],
        ),
    ]
    with ThreadPoolExecutor(len(senders)) as pool:
        answers = pool.map(lambda one: cast.patch(one[1], 0, PHOTO, device=one[0]), senders)
    outcomes = sorted(answer.status_code for answer in answers)
    assert outcomes in ([204, 204, 409], [204, 409, 409])
    assert len(held(cast)) == 1
    assert cast.files() == [SHA]


def test_a_signature_is_a_png_of_the_order(cast):
    signature = pictures.signature(1)
    answer = cast.upload(signature, tag="signature", step="", filetype="image/png")
    assert answer.status_code == 204
    assert held(cast) == [("", "signature", hashlib.sha256(signature).hexdigest())]


def test_a_camera_clock_far_from_the_announced_time_is_flagged(cast):
    tags = pictures.metadata(taken_at="2025:03:05 10:41:00")
    content = pictures.encoded(pictures.scene(7), exif=tags)
    cast.upload(content, taken_at="2025-03-05T02:41:30Z")
    other = pictures.encoded(pictures.scene(8), exif=tags)
    cast.upload(other, taken_at="2025-03-06T02:41:30Z", tag="after")
    with cast.app.app_context():
        flags = {photo.tag: photo.flags for photo in session().scalars(select(Photo))}
    assert flags == {"isolation": [], "after": [Flag.TIME_MISMATCH]}


def test_only_the_handheld_that_opened_an_upload_knows_it(cast):
    url = cast.create(PHOTO).headers["Location"]
    assert cast.offset(url, device="hh-03") is None
    assert cast.patch(url, 0, PHOTO, device="hh-03").status_code == 404
    stranger = cast.client().head(url, headers=TUS)
    assert stranger.status_code == 401
    assert cast.client().delete(url, headers=TUS | cast.headers("hh-03")).status_code == 404
    assert cast.offset(url) == 0


def test_an_order_of_somebody_else_takes_no_photo(cast):
    assert cast.create(PHOTO, device="hh-03").status_code == 404
    assert open_uploads(cast) == 0


def test_an_upload_can_be_let_go(cast):
    url = cast.create(PHOTO, body=PHOTO[:3000]).headers["Location"]
    headers = TUS | cast.headers()
    assert cast.client().delete(url, headers=headers).status_code == 204
    assert cast.client().delete(url, headers=headers).status_code == 404
    assert (open_uploads(cast), cast.files()) == (0, [])


def test_letting_go_of_a_finished_upload_keeps_the_photo(cast):
    url = cast.create(PHOTO, body=PHOTO).headers["Location"]
    assert cast.client().delete(url, headers=TUS | cast.headers()).status_code == 204
    assert held(cast) == [("LAMP-05", "isolation", SHA)]
    assert cast.files() == [SHA]


def test_an_expired_upload_and_stray_files_are_swept_away(cast):
    gone = cast.create(PHOTO, body=PHOTO[:3000]).headers["Location"]
    other = pictures.photo(2)
    kept = cast.create(other, body=other[:3000]).headers["Location"]
    stray = cast.settings.home / "uploads" / "018f0000-0000-7000-8000-000000000000.part"
    stray.write_bytes(b"nobody's")
    with cast.app.app_context():
        with transaction() as current:
            upload = current.scalars(select(Upload).where(Upload.sha256 == SHA)).one()
            upload.expires_at = utcnow()
        assert cast.offset(gone) is None
        assert cast.reception.sweep()
        assert not cast.reception.sweep()
    assert cast.patch(gone, 3000, PHOTO[3000:]).status_code == 404
    assert cast.patch(kept, 3000, other[3000:]).status_code == 204
    assert open_uploads(cast) == 1
    assert len(cast.files()) == 1


def test_an_upload_whose_bytes_the_disk_lost_starts_again(cast):
    url = cast.create(PHOTO, body=PHOTO[:3000]).headers["Location"]
    next((cast.settings.home / "uploads").glob("*.part")).unlink()
    answer = cast.patch(url, 3000, PHOTO[3000:])
    assert (answer.status_code, answer.get_json()["type"][-11:]) == (404, "upload-lost")
    assert held(cast) == []


def test_too_many_open_uploads_are_refused(cast, monkeypatch):
    monkeypatch.setattr("server.evidence.uploads.MOST_OPEN", 2)
    for _ in range(2):
        assert cast.create(PHOTO).status_code == 201
    assert cast.create(PHOTO).status_code == 429


def test_the_server_says_what_it_can_do(cast):
    for path in ("/field/v1/photos", "/field/v1/photos/018f0000-0000-7000-8000-000000000000"):
        answer = cast.client().options(path)
        assert answer.status_code == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["Tus-Max-Size"] == str(cast.settings.photo_max_bytes)
        assert set(answer.headers["Tus-Extension"].split(",")) == {
            "creation",
            "creation-with-upload",
            "checksum",
            "expiration",
            "termination",
        }
        assert "sha256" in answer.headers["Tus-Checksum-Algorithm"]


def test_another_version_of_tus_is_told_which_one_is_spoken(cast):
    answer = cast.client().post("/field/v1/photos", headers=cast.headers())
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_the_announcement_is_told_again(cast):
    url = cast.create(PHOTO).headers["Location"]
    answer = cast.client().head(url, headers=TUS | cast.headers())
    assert answer.headers["Upload-Length"] == str(len(PHOTO))
    assert "sha256 " in answer.headers["Upload-Metadata"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Upload-Expires"].endswith("GMT")


def test_a_photo_over_the_limit_is_refused_at_once(cast):
    headers = {**TUS, **cast.headers(), "Upload-Length": str(cast.settings.photo_max_bytes + 1)}
    answer = cast.client().post("/field/v1/photos", headers=headers)
    assert answer.status_code == 413


def test_a_piece_longer_than_announced_counts_for_nothing(cast):
    url = cast.create(PHOTO).headers["Location"]
    assert cast.patch(url, 0, PHOTO + b"x").status_code == 413
    assert cast.offset(url) == 0


def test_a_piece_of_another_content_type_is_refused(cast):
    url = cast.create(PHOTO).headers["Location"]
    answer = cast.patch(url, 0, PHOTO, **{"Content-Type": "image/jpeg"})
    assert answer.status_code == 415


def test_a_client_behind_a_narrow_proxy_may_override_the_method(cast):
    url = cast.create(PHOTO).headers["Location"]
    headers = {**PIECE, **cast.headers(), "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert cast.client().post(url, headers=headers, data=PHOTO).status_code == 204
    assert cast.client().post(url, headers=TUS | cast.headers()).status_code == 405
    assert len(held(cast)) == 1


def test_a_second_writer_is_turned_away_while_the_first_one_writes(cast):
    url = cast.create(PHOTO).headers["Location"]
    with cast.app.app_context():
        upload_id = session().scalars(select(Upload.id)).one()
    with cast.reception.spool.part(upload_id):
        answer = cast.patch(url, 0, PHOTO)
    assert (answer.status_code, answer.get_json()["type"][-11:]) == (409, "upload-busy")
    assert cast.patch(url, 0, PHOTO).status_code == 204
