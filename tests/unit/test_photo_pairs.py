"""Which photos a reviewer sees side by side."""

from server.console.photo_pairs import pairs_of
from server.evidence.models import Photo


def photo(tag, step="", sha256=""):
    return Photo(tag=tag, step=step, sha256=sha256 or f"{step} {tag}")


def told(photos):
    return [
        (pair.name, pair.left and pair.left.sha256, pair.right and pair.right.sha256)
        for pair in pairs_of(photos)
    ]


def test_before_and_after_come_first_then_the_parts_of_each_step():
    photos = [
        photo("old_part", "LAMP-09"),
        photo("new_part", "LAMP-09"),
        photo("meter", "LAMP-03"),
        photo("before", "LAMP-01"),
        photo("after", "LAMP-20"),
    ]
    assert told(photos) == [
        ("whole-0", "LAMP-01 before", "LAMP-20 after"),
        ("LAMP-09-0", "LAMP-09 old_part", "LAMP-09 new_part"),
    ]


def test_of_two_pictures_before_each_is_held_against_the_one_after():
    photos = [photo("before", "", "a"), photo("before", "LAMP-01", "b"), photo("after", "", "c")]
    assert told(photos) == [("whole-0", "a", "c"), ("whole-1", "b", "c")]


def test_what_has_no_counterpart_stands_alone():
    assert told([photo("new_part", "LAMP-15")]) == [("LAMP-15-0", None, "LAMP-15 new_part")]
    assert told([photo("meter", "LAMP-03")]) == []
