"""What a stranger writes into tus's headers is read exactly or refused in words."""

import base64
import datetime as dt
import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from field_app_api import tus
from server.errors import Invalid, Problem, TooLarge

SHA = hashlib.sha256(b"photo").hexdigest()
GOOD = {
    "sha256": SHA,
    "filetype": "image/jpeg",
    "order": "FW-202503-0001",
    "step": "LAMP-05",
    "tag": "isolation",
    "taken_at": "2025-03-05T02:41:00Z",
}
KEYS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","),
    min_size=1,
    max_size=40,
)


def written(fields: dict[str, str]) -> str:
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in fields.items()
    )


def without(*keys: str) -> dict[str, str]:
    return {key: value for key, value in GOOD.items() if key not in keys}


@given(st.dictionaries(KEYS, st.text(max_size=30), min_size=1, max_size=6))
def test_metadata_comes_back_as_it_was_written(fields):
    assert tus.metadata(written(fields)) == fields


@given(st.text(max_size=200) | st.from_regex(r"([!-~ ]*,)*[a-z]+ [A-Za-z0-9+/=]*", fullmatch=True))
def test_any_other_metadata_is_refused_in_words_or_read(text):
    with suppress(tus.BadHeader):
        read = tus.metadata(text)
        assert all("," not in key and " " not in key for key in read)


@given(st.text(max_size=30) | st.integers().map(str))
def test_an_offset_is_a_plain_number_or_refused(text):
    with suppress(tus.BadHeader):
        value = tus.offset(text)
        assert str(value) == text.lstrip("0") or (value == 0 and not text.strip("0"))


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "sha256",
        "sha256  " + base64.b64encode(b"x").decode(),
        f"sha256 {SHA},",
        f"sha256 {SHA}, filetype",
        "sha256 =====",
        "tag YmVmb3Jl,tag YmVmb3Jl",
        "tag /w==",
        "x" * 5000,
    ],
)
def test_metadata_that_is_not_in_the_form_is_refused(text):
    with pytest.raises(Problem) as refused:
        tus.announcement(text, 10)
    assert refused.value.status in {400, 422}


def test_an_announcement_is_read_whole():
    named, announced = tus.announcement(written(GOOD), 4096)
    assert (named.order, named.event) == ("FW-202503-0001", None)
    assert (announced.sha256, announced.media_type) == (SHA, "image/jpeg")
    assert (announced.step, announced.tag) == ("LAMP-05", "isolation")
    assert announced.taken_at == dt.datetime(2025, 3, 5, 2, 41, tzinfo=dt.UTC)
    assert announced.length_bytes == 4096
    assert announced.text == written(GOOD)


def test_a_signature_has_no_step_and_a_time_is_not_required():
    _, announced = tus.announcement(written(without("step", "taken_at") | {"tag": "signature"}), 9)
    assert (announced.step, announced.taken_at) == ("", None)


def test_an_incident_that_has_no_order_is_named_by_its_report():
    report = "01930f5e-7a10-7c3d-9b1a-000000000004"
    named, announced = tus.announcement(written(without("order", "step") | {"event": report}), 9)
    assert (named.order, named.event, announced.step) == (None, report, "")
    for wrong in ({"order": GOOD["order"]}, {"step": "LAMP-05"}):
        with pytest.raises(Invalid) as refused:
            tus.announcement(written(without("order", "step") | {"event": report} | wrong), 9)
        assert list(refused.value.errors) == list(wrong)


def test_a_file_name_is_borne_and_an_unknown_key_is_not():
    tus.announcement(written(GOOD | {"filename": "IMG_0001.jpg"}), 9)
    with pytest.raises(Invalid) as refused:
        tus.announcement(written(GOOD | {"mood": "good"}), 9)
    assert list(refused.value.errors) == ["mood"]


@pytest.mark.parametrize("missing", ["sha256", "filetype", "order", "tag"])
def test_what_is_required_is_asked_for_by_name(missing):
    with pytest.raises(Invalid) as refused:
        tus.announcement(written(without(missing)), 9)
    assert list(refused.value.errors) == [missing]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sha256", SHA.upper()),
        ("sha256", SHA[:-1]),
        ("filetype", "image/gif"),
        ("filetype", "image/svg+xml"),
        ("order", "DJ-202503-0001"),
        ("order", "FW-202503-0001 "),
        ("step", "LAMP 05"),
        ("step", "../LAMP-05"),
        ("tag", "selfie"),
        ("taken_at", "2025-03-05 02:41"),
        ("taken_at", "2025-03-05T02:41:00+08:00"),
        ("taken_at", "2025-02-30T02:41:00Z"),
    ],
)
def test_a_wrong_value_is_named(key, value):
    with pytest.raises(Invalid) as refused:
        tus.announcement(written(GOOD | {key: value}), 9)
    assert list(refused.value.errors) == [key]


def test_an_empty_photo_is_refused():
    with pytest.raises(Invalid) as refused:
        tus.announcement(written(GOOD), 0)
    assert list(refused.value.errors) == ["Upload-Length"]


def test_a_length_is_bounded_and_may_not_come_later():
    assert tus.length("10", deferred=None, most_bytes=10) == 10
    with pytest.raises(TooLarge):
        tus.length("11", deferred=None, most_bytes=10)
    for told, deferred in ((None, None), ("-1", None), ("1e3", None), ("٣", None), (None, "1")):
        with pytest.raises(Problem) as refused:
            tus.length(told, deferred=deferred, most_bytes=10)
        assert refused.value.status == 400


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_checksum_is_read_with_its_algorithm(algorithm):
    digest = hashlib.new(algorithm, b"piece").digest()
    read = tus.checksum(f"{algorithm} {base64.b64encode(digest).decode()}")
    assert read is not None
    assert (read.algorithm, read.digest) == (algorithm, digest)


@pytest.mark.parametrize("text", ["", "md5 AAAA", "sha256", "sha256 AAAA", "sha256 %%%", "AAAA"])
def test_another_checksum_is_refused(text):
    with pytest.raises(Problem) as refused:
        tus.checksum(text)
    assert refused.value.status == 400


def test_no_checksum_is_none():
    assert tus.checksum(None) is None


@pytest.mark.parametrize("told", [None, "", "1.0.1", "0.2.2", "1.0.0, 0.2.2"])
def test_another_version_of_tus_is_answered_412(told):
    with pytest.raises(Problem) as refused:
        tus.check_version(told)
    assert refused.value.status == 412


def test_expiry_is_an_http_date():
    moment = dt.datetime(2025, 3, 5, 4, 5, 6, 789, tzinfo=dt.UTC)
    assert tus.http_date(moment) == "Wed, 05 Mar 2025 04:05:06 GMT"
