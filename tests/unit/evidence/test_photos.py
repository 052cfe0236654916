"""What is taken as a photo, what it says of itself, and what people are shown of it."""

import datetime as dt
import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from server.evidence import exif, photos
from server.evidence.photos import BadPhoto, Limits
from tests.factories import pictures

NOON_UTC = dt.datetime(2025, 3, 5, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def file(tmp_path):
    def write(content: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return path

    return write


def refusal(path: Path, **options) -> str:
    with pytest.raises(BadPhoto) as refused:
        photos.inspect(path, **options)
    assert refused.value.zh
    assert refused.value.en
    return refused.value.slug


@pytest.mark.parametrize(("kind", "media_type"), [*photos.MEDIA_TYPES.items()])
def test_the_three_kinds_are_taken_by_their_content(file, kind, media_type):
    path = file(pictures.encoded(pictures.scene(1), kind))
    facts = photos.inspect(path, media_type=media_type)
    assert (facts.media_type, facts.width_px, facts.height_px) == (media_type, 800, 600)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "PPM"])
def test_other_kinds_of_picture_are_refused(file, kind):
    assert refusal(file(pictures.encoded(pictures.scene(1), kind))) == "photo-not-a-picture"


@pytest.mark.parametrize("content", [b"", b"not a picture", b"%PDF-1.7", b"\xff\xd8\xff" * 20])
def test_what_is_no_picture_is_refused(file, content):
    assert refusal(file(content)) in {"photo-not-a-picture", "photo-damaged"}


def test_a_mislabelled_picture_is_refused(file):
    path = file(pictures.encoded(pictures.scene(1), "PNG"))
    assert refusal(path, media_type="image/jpeg") == "photo-mislabelled"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("eighths", range(1, 8))
def test_a_truncated_picture_is_refused(file, kind, eighths):
    content = pictures.encoded(pictures.scene(2), kind)
    path = file(content[: len(content) * eighths // 8])
    assert refusal(path) in {"photo-damaged", "photo-not-a-picture"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animated_picture_is_refused(file, kind):
    frames = [pictures.scene(seed, (80, 60)) for seed in (1, 2)]
    moving = pictures.encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert refusal(file(moving)) == "photo-animated"


def test_a_phone_photo_with_a_second_frame_is_the_first_frame(file):
    frames = [pictures.scene(3), pictures.scene(4, (200, 150))]
    path = file(pictures.encoded(frames[0], "MPO", save_all=True, append_images=frames[1:]))
    facts = photos.inspect(path, media_type="image/jpeg")
    assert (facts.media_type, facts.width_px) == ("image/jpeg", 800)
    with Image.open(io.BytesIO(photos.derive(path, keep_place=False).screen)) as screen:
        assert screen.size == (800, 600)


def test_more_bytes_than_the_limit_are_refused(file):
    content = pictures.photo(1)
    path = file(content)
    assert refusal(path, limits=Limits(max_bytes=len(content) - 1)) == "photo-too-many-bytes"
    assert photos.inspect(path, limits=Limits(max_bytes=len(content))).width_px == 800


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_more_pixels_than_the_limit_are_refused(file, options):
    path = file(pictures.encoded(pictures.scene(1), **options))
    limits = Limits(max_pixels=800 * 600 - 1, max_whole_pixels=800 * 600 - 1)
    assert refusal(path, limits=limits) == "photo-too-many-pixels"


def test_what_must_be_decoded_whole_has_the_lower_limit(file):
    limits = Limits(max_whole_pixels=800 * 600 - 1)
    picture = pictures.scene(1)
    assert photos.inspect(file(pictures.encoded(picture)), limits=limits).width_px == 800
    for content in (
        pictures.encoded(picture, progressive=True),
        pictures.encoded(picture, "PNG"),
        pictures.encoded(picture, "WEBP"),
    ):
        assert refusal(file(content), limits=limits) == "photo-too-many-pixels"


@pytest.mark.parametrize("edge", [9_000, 30_000])
def test_a_bomb_is_refused_without_being_decoded(tmp_path, edge):
    """In a process of its own, because only there the peak of memory is the bomb's."""
    bomb = tmp_path / "bomb"
    bomb.write_bytes(pictures.png_bomb(edge, edge))
    assert bomb.stat().st_size < 1_000
    slug, grown_mb = _peak(bomb)
    assert slug == "photo-too-many-pixels"
    assert grown_mb < 20


def test_a_jpeg_of_sixty_megapixels_costs_little_memory(tmp_path):
    huge = tmp_path / "huge"
    Image.new("RGB", (7740, 7740), "grey").save(huge, "JPEG", quality=50)
    slug, grown_mb = _peak(huge)
    assert slug == "taken"
    assert grown_mb < 80


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "progressive JPEG"])
def test_the_largest_picture_that_is_decoded_whole_stays_bounded(tmp_path, kind):
    huge = tmp_path / "huge"
    picture = Image.linear_gradient("L").resize((3535, 3535)).convert("RGB")
    options = {"quality": 50, "progressive": True} if kind == "progressive JPEG" else {}
    picture.save(huge, kind.removeprefix("progressive "), **options)
    slug, grown_mb = _peak(huge)
    assert slug == "taken"
    assert grown_mb < 260


def _peak(path: Path) -> tuple[str, int]:
    """Judge and derive a file in a fresh process: the outcome and the growth of its peak in MB."""
    script = """
import resource, sys
from pathlib import Path
from server.evidence import photos
def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
path, before = Path(sys.argv[1]), peak_mb()
try:
    photos.inspect(path)
    photos.derive(path, keep_place=False)
    print("taken", peak_mb() - before)
except photos.BadPhoto as bad:
    print(bad.slug, peak_mb() - before)
"""
    # Through a small parent: on Linux a child starts with the peak of whoever started it.
    command = ["/bin/sh", "-c", 'exec "$0" -c "$1" "$2"', sys.executable, script, str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return told[0], int(told[1])


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_comes_out_upright(file, turn):
    upright = pictures.scene(5, (320, 240))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    held = upright.transpose(undo[turn]) if turn in undo else upright
    path = file(pictures.encoded(held, quality=95, exif=pictures.metadata(turn=turn)))
    facts = photos.inspect(path)
    assert (facts.width_px, facts.height_px) == (320, 240)
    with Image.open(io.BytesIO(photos.derive(path, keep_place=False).screen)) as screen:
        assert screen.size == (320, 240)
        assert exif.read(screen).turn is None
        difference = ImageStat.Stat(ImageChops.difference(screen.convert("RGB"), upright))
    assert max(difference.mean) < 6


def test_derivatives_have_their_sizes_and_never_grow(file):
    made = photos.derive(file(pictures.photo(6, size=(4000, 3000))), keep_place=False)
    with Image.open(io.BytesIO(made.screen)) as screen:
        assert screen.size == (1600, 1200)
    with Image.open(io.BytesIO(made.thumbnail)) as thumbnail:
        assert thumbnail.size == (320, 240)
    small = photos.derive(file(pictures.photo(6, size=(200, 100))), keep_place=False)
    with Image.open(io.BytesIO(small.screen)) as screen:
        assert screen.size == (200, 100)


def test_a_camera_without_a_zone_stands_in_shanghai(file):
    tags = pictures.metadata(taken_at="2025:03:05 12:00:00")
    facts = photos.inspect(file(pictures.encoded(pictures.scene(1), exif=tags)))
    assert facts.taken_at == NOON_UTC


def test_a_camera_that_knows_its_offset_is_believed(file):
    tags = pictures.metadata(taken_at="2025:03:05 13:00:00", offset="+09:00")
    facts = photos.inspect(file(pictures.encoded(pictures.scene(1), exif=tags)))
    assert facts.taken_at == NOON_UTC


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "yesterday", "", "9999:12:31 23:59:59", "0001:01:01 00:00:00"]
)
def test_a_nonsense_clock_is_no_clock(file, text):
    tags = pictures.metadata(taken_at=text, offset="-23:59" if text.startswith("9") else None)
    facts = photos.inspect(file(pictures.encoded(pictures.scene(1), exif=tags)))
    assert facts.taken_at is None


@pytest.mark.parametrize("keep_place", [True, False])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_derivatives_keep_the_time_and_the_place_only_with_consent(file, kind, keep_place):
    tags = pictures.metadata(taken_at="2025:03:05 12:00:00", place=(22.5, 113.9))
    path = file(pictures.encoded(pictures.scene(1), kind, exif=tags))
    assert photos.inspect(path).latitude == pytest.approx(22.5)
    made = photos.derive(path, keep_place=keep_place)
    for content in (made.screen, made.thumbnail):
        with Image.open(io.BytesIO(content)) as shown:
            facts = exif.read(shown)
        assert facts.taken_at == NOON_UTC
        place = (facts.latitude, facts.longitude)
        assert place == (pytest.approx((22.5, 113.9)) if keep_place else (None, None))
        assert b"tell-tale" not in content


def test_a_place_outside_the_world_is_no_place(file):
    tags = pictures.metadata(place=(91.0, 113.9))
    facts = photos.inspect(file(pictures.encoded(pictures.scene(1), exif=tags)))
    assert (facts.latitude, facts.longitude) == (None, None)


def test_ink_on_a_transparent_ground_stays_readable(file):
    made = photos.derive(file(pictures.signature(1)), keep_place=False)
    with Image.open(io.BytesIO(made.screen)) as shown:
        light = shown.convert("L")
    assert light.getpixel((0, 0)) > 250
    assert light.getextrema()[0] < 40


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_every_way_of_storing_pixels_can_be_shown(file, mode):
    grey = Image.linear_gradient("L")
    picture = grey.convert("I").point(lambda v: v * 256).convert("I;16") if mode == "I;16" else None
    path = file(pictures.encoded(picture or grey.convert(mode), "PNG"))
    photos.inspect(path)
    with Image.open(io.BytesIO(photos.derive(path, keep_place=False).screen)) as shown:
        low, high = shown.convert("L").getextrema()
    assert low < 10
    assert high > 245


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Metadata Warning")
@pytest.mark.parametrize("cut", [1, 9, 14, 40, 90])
def test_broken_metadata_does_not_refuse_a_sound_picture(file, cut):
    tags = pictures.metadata(taken_at="2025:03:05 12:00:00", place=(22.5, 113.9))
    path = file(pictures.encoded(pictures.scene(1), exif=tags[:-cut] + b"\xff" * cut))
    assert photos.inspect(path).width_px == 800
    photos.derive(path, keep_place=True)
