"""A copy is found though it was re-encoded or cropped; two photos of two things are not copies."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from server.evidence import likeness
from tests.factories import pictures

HASHES = st.integers(0, 2**64 - 1)
SCENES = 30


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.thumbnail((320, 320))
    return picture.convert("L")


def is_copy(copy: Image.Image, original: Image.Image) -> bool:
    whole = likeness.fingerprints(copy)[0]
    return any(
        likeness.alike(whole, one)
        and likeness.correlation(copy, original, one.window) >= likeness.SAME
        for one in likeness.fingerprints(original)
    )


@pytest.fixture(scope="module")
def photos() -> list[bytes]:
    return [pictures.photo(seed) for seed in range(SCENES)]


def test_unrelated_photos_are_no_copies(photos):
    seen = [opened(photo) for photo in photos]
    prints = [likeness.fingerprints(picture) for picture in seen]
    pairs = [(one, other) for one in range(SCENES) for other in range(SCENES) if one != other]
    assert not [
        (one, other)
        for one, other in pairs
        for window in prints[other]
        if likeness.alike(prints[one][0], window)
        and likeness.correlation(seen[one], seen[other], window.window) >= likeness.SAME
    ]


def test_a_re_encoded_photo_is_a_copy(photos):
    for photo in photos:
        with Image.open(io.BytesIO(photo)) as picture:
            smaller = pictures.encoded(picture.resize((500, 375)), quality=40)
        assert is_copy(opened(smaller), opened(photo))


@pytest.mark.parametrize("part", [0.05, 0.08, 0.1])
def test_a_modestly_cropped_photo_is_nearly_always_a_copy(photos, part):
    found = sum(
        is_copy(opened(pictures.cropped(photo, part=part)), opened(photo)) for photo in photos
    )
    assert found >= SCENES * 0.9


def test_a_brighter_copy_is_a_copy(photos):
    found = 0
    for photo in photos:
        with Image.open(io.BytesIO(photo)) as picture:
            brighter = ImageEnhance.Brightness(picture).enhance(1.15)
        found += is_copy(opened(pictures.encoded(brighter)), opened(photo))
    assert found >= SCENES * 0.9


def test_pictures_of_nothing_resemble_nothing():
    dark = Image.effect_noise((320, 240), 1).convert("L")
    assert likeness.fingerprints(dark) == []
    assert likeness.correlation(dark, dark, 0) == 0


@given(hash_=HASHES, flips=st.sets(st.integers(0, 63), max_size=likeness.REACH_BITS))
def test_the_index_meets_every_hash_within_the_threshold(hash_, flips):
    other = hash_
    for bit in flips:
        other ^= 1 << bit
    assert likeness.distance(hash_, other) == len(flips)
    met = [
        band in likeness.probes(wanted)
        for wanted, band in zip(likeness.bands(hash_), likeness.bands(other), strict=True)
    ]
    assert any(met)


@given(hash_=HASHES)
def test_bands_are_the_whole_hash(hash_):
    joined = sum(band << 16 * place for place, band in enumerate(likeness.bands(hash_)))
    assert joined == hash_
