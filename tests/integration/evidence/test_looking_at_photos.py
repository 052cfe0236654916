"""The desk looks at photos; whoever has no business with one does not learn that it exists."""

import datetime as dt
import hashlib
import io

import pytest
from PIL import Image
from sqlalchemy import select

from server.accounts.models import User
from server.accounts.operations import open_token
from server.db import session, transaction, utcnow
from server.estate.models import Estate
from server.evidence import exif, queries
from server.evidence.views import addresses
from server.worker import exhaust
from tests.cast import LIU_QIANG, MA_CHAO
from tests.factories import pictures
from tests.integration.evidence.conftest import Cast

PHOTO = pictures.encoded(
    pictures.scene(1, (2000, 1500)),
    exif=pictures.metadata(taken_at="2025:03:05 10:41:00", place=(22.5, 113.9)),
)
SHA = hashlib.sha256(PHOTO).hexdigest()


def signed_in(cast: Cast, *, roles: list[str] | None = None, username: str = "") -> dict[str, str]:
    """The headers of somebody new with these roles, or of somebody who is there."""
    with cast.app.app_context(), transaction() as current:
        user = current.scalar(select(User).where(User.username == username))
        if user is None:
            user = User(
                estate_id=current.scalars(select(Estate.id)).one(),
                username=username or "-".join(roles or []),
                name="孙倩",
                roles=roles or [],
                password_hash="",
                created_at=utcnow(),
            )
            current.add(user)
            current.flush()
        hour = dt.timedelta(hours=1)
        token, _ = open_token(
            current, user, kind="api", lifetime=hour, address="127.0.0.1", at=utcnow()
        )
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def processed(cast):
    cast.upload(PHOTO)
    with cast.app.app_context():
        exhaust(cast.processor.run_once)
    return cast


def look(cast: Cast, size: str, headers: dict[str, str], sha256: str = SHA):
    with cast.client().get(f"/api/v1/photos/{sha256}/{size}", headers=headers) as answer:
        answer.get_data()
        return answer


def test_the_reviewer_sees_screen_size_thumbnail_and_the_untouched_original(processed):
    reviewer = signed_in(processed, roles=["qa_reviewer"])
    for size, width in (("screen", 1600), ("thumbnail", 320)):
        answer = look(processed, size, reviewer)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        with Image.open(io.BytesIO(answer.get_data())) as shown:
            assert shown.width == width
            facts = exif.read(shown)
        assert facts.latitude is None
        assert facts.taken_at == dt.datetime(2025, 3, 5, 2, 41, tzinfo=dt.UTC)
    original = look(processed, "original", reviewer)
    assert original.get_data() == PHOTO
    assert original.content_length == len(PHOTO)


def test_a_picture_may_be_kept_for_ever_by_who_saw_it_and_by_nobody_else(processed):
    reviewer = signed_in(processed, roles=["qa_reviewer"])
    answer = look(processed, "thumbnail", reviewer)
    kept = answer.headers["Cache-Control"]
    assert "private" in kept
    assert "immutable" in kept
    assert "max-age=31536000" in kept
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = look(processed, "thumbnail", reviewer | {"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_a_stranger_is_asked_to_sign_in(processed):
    answer = look(processed, "thumbnail", {})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_finance_looks_at_photos_and_the_system_administrator_does_not(processed):
    assert look(processed, "screen", signed_in(processed, roles=["finance"])).status_code == 200
    denied = look(processed, "screen", signed_in(processed, roles=["system_admin"]))
    assert denied.status_code == 403


def test_a_technician_sees_what_his_own_handheld_took_and_no_more(processed):
    assert (
        look(processed, "screen", signed_in(processed, username=LIU_QIANG.username)).status_code
        == 200
    )
    assert (
        look(processed, "screen", signed_in(processed, username=MA_CHAO.username)).status_code
        == 404
    )
    customer = signed_in(processed, roles=["customer"])
    assert look(processed, "screen", customer).status_code == 404


def test_a_photo_that_is_still_being_prepared_says_so(cast):
    cast.upload(PHOTO)
    reviewer = signed_in(cast, roles=["qa_reviewer"])
    answer = look(cast, "thumbnail", reviewer)
    assert answer.status_code == 404
    assert answer.get_json()["type"].endswith("photo-not-ready")
    assert look(cast, "original", reviewer).status_code == 200


@pytest.mark.parametrize("sha256", ["0" * 64, "x" * 64, SHA.upper(), SHA[:-1]])
def test_an_unknown_photo_is_not_found(processed, sha256):
    reviewer = signed_in(processed, roles=["qa_reviewer"])
    assert look(processed, "screen", reviewer, sha256).status_code == 404
    assert look(processed, "huge", reviewer).status_code == 404


def test_the_addresses_of_a_photo_lead_to_it(processed):
    reviewer = signed_in(processed, roles=["qa_reviewer"])
    with processed.app.app_context():
        photo = queries.find(session(), SHA)
        found = addresses(photo)
    assert set(found) == {"url", "thumbnail_url"}
    for address in found.values():
        with processed.client().get(address, headers=reviewer) as answer:
            assert answer.status_code == 200
