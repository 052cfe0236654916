"""Which figures of the trade an installation may change, and in which direction (P-01)."""

import pytest

from server.http import WITH_PHOTOS_MAX_BYTES, longest_body_bytes
from server.settings import BadSettings, Settings


@pytest.mark.parametrize("minutes", ["16", "0", "-1"])
def test_the_time_to_reply_may_only_be_lowered(minutes):
    with pytest.raises(BadSettings) as refused:
        Settings.from_environment(
            {"PAIGONG_REPLY_MINUTES": minutes, "PAIGONG_REPLY_WARNING_MINUTES": "0"}
        )
    assert "PAIGONG_REPLY_MINUTES" in str(refused.value)


def test_a_shorter_time_to_reply_is_a_choice():
    settings = Settings.from_environment(
        {"PAIGONG_REPLY_MINUTES": "12", "PAIGONG_REPLY_WARNING_MINUTES": "8"}
    )
    assert (settings.reply_minutes, settings.reply_warning_minutes) == (12, 8)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PHOTO_GALLERY_TAGS", "nameplate,selfie"),
        ("PHOTO_LONGEST_EDGE_PX", "200"),
        ("PHOTO_JPEG_QUALITY_PERCENT", "101"),
        ("HANDHELD_UNDO_S", "61"),
        ("DISPATCH_PHONE", "call me"),
        ("MQTT_PUBLIC_WS_URL", "https://estate.example/mqtt"),
        ("MQTT_PUBLIC_WS_URL", "estate.example/mqtt"),
    ],
)
def test_what_no_handheld_can_work_by_is_refused(name, value):
    with pytest.raises(BadSettings) as refused:
        Settings.from_environment({f"PAIGONG_{name}": value})
    assert f"PAIGONG_{name}" in str(refused.value)


def test_the_camera_may_be_the_only_way_to_a_photo():
    assert Settings(photo_gallery_tags="").gallery_tags == []


def test_the_web_server_lets_through_whatever_a_door_may_take():
    large = Settings(document_max_bytes=100 << 20)
    assert longest_body_bytes(large) > large.document_max_bytes
    assert longest_body_bytes(Settings()) > WITH_PHOTOS_MAX_BYTES


IN_S3 = {
    "PAIGONG_PHOTO_STORE": "s3",
    "PAIGONG_S3_ENDPOINT": "https://s3.estate.example",
    "PAIGONG_S3_BUCKET": "photos",
    "PAIGONG_S3_KEY_ID": "key",
    "PAIGONG_S3_SECRET": "secret",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PHOTO_STORE", "cloud"),
        ("S3_ENDPOINT", "s3.estate.example"),
        ("S3_ENDPOINT", "https://s3.estate.example/photos"),
        ("S3_BUCKET", ""),
        ("S3_BUCKET", "../photos"),
        ("S3_KEY_ID", ""),
        ("S3_SECRET", ""),
        ("S3_SECRET_FILE", "/nowhere/secret"),
    ],
)
def test_s3_is_named_whole_or_not_at_all(name, value):
    with pytest.raises(BadSettings) as refused:
        Settings.from_environment({**IN_S3, f"PAIGONG_{name}": value})
    assert f"PAIGONG_{name}" in str(refused.value)


def test_the_secret_of_s3_may_lie_in_a_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text("from the file\n")
    said = {**IN_S3, "PAIGONG_S3_SECRET": "", "PAIGONG_S3_SECRET_FILE": str(path)}
    assert Settings.from_environment(said).s3_secret_key == "from the file"
    path.write_text("\n")
    with pytest.raises(BadSettings, match="PAIGONG_S3_SECRET_FILE"):
        Settings.from_environment(said)


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ({}, "https://s3.estate.example"),
        ({"PAIGONG_S3_BUCKET_IN_HOST": "1"}, "https://photos.s3.estate.example"),
        (
            {"PAIGONG_S3_ENDPOINT": "", "PAIGONG_S3_REGION": "cn-north-1"},
            "https://s3.cn-north-1.amazonaws.com.cn",
        ),
    ],
)
def test_the_bucket_stands_where_the_server_wants_it(said, url):
    assert Settings.from_environment({**IN_S3, **said}).s3_url == url
