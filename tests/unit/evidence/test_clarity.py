"""A photo on which nothing can be made out is told from one in focus, by drawn scenes."""

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from server.evidence import clarity
from tests.factories import pictures

SEEDS = range(30)


@pytest.fixture(scope="module")
def scenes() -> list[Image.Image]:
    return [pictures.scene(seed) for seed in SEEDS]


def test_a_scene_in_focus_and_light_is_clear(scenes):
    assert [clarity.measure(scene).flags for scene in scenes] == [()] * len(scenes)


def test_a_scene_out_of_focus_is_blurred(scenes):
    shaken = [scene.filter(ImageFilter.GaussianBlur(12)) for scene in scenes]
    found = [clarity.measure(scene).flags for scene in shaken]
    assert found.count(("blurred",)) >= 28


def test_a_covered_lens_is_dark_and_only_dark(scenes):
    covered = [ImageEnhance.Brightness(scene).enhance(0.1) for scene in scenes]
    assert {clarity.measure(scene).flags for scene in covered} == {("dark",)}


def test_the_measure_hardly_depends_on_the_size_that_arrives(scenes):
    for scene in scenes[:5]:
        large, small = clarity.measure(scene), clarity.measure(scene.resize((400, 300)))
        assert small.sharpness == pytest.approx(large.sharpness, rel=0.35)
        assert small.brightness == pytest.approx(large.brightness, abs=2)


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (900, 1)])
def test_a_picture_of_any_shape_can_be_measured(size):
    assert clarity.measure(Image.new("L", size, 200)).brightness == 200
