"""How much of whose work is looked at, and that the draw is fair and cannot be foreseen."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.quality import sampling

BASE = 10


def record(passed: int, *, against: int = 0) -> list[str]:
    return (
        ["passed"] * passed + ["returned", "failed"] * (against // 2) + ["returned"] * (against % 2)
    )


@pytest.mark.parametrize(
    ("outcomes", "percent"),
    [
        ([], 100),
        (record(19), 100),  # new: everything
        (record(20), 10),
        (record(49), 10),
        (record(50), 5),  # a long record without a fault
        (record(49, against=1), 10),
        (record(47, against=3), 20),
        (record(45, against=5), 20),
        (record(44, against=6), 50),
        (record(40, against=10), 50),
        (record(39, against=11), 100),
        (record(0, against=50), 100),
    ],
)
def test_the_share_follows_the_record(outcomes, percent):
    assert sampling.share_percent(outcomes, base_percent=BASE) == percent


@given(st.integers(20, 50), st.integers(0, 49), st.integers(1, 100))
def test_one_more_judgement_against_him_never_lowers_the_share(count, against, base):
    against = min(against, count - 1)
    better = sampling.share_percent(record(count - against, against=against), base_percent=base)
    worse = sampling.share_percent(
        record(count - against - 1, against=against + 1), base_percent=base
    )
    assert 1 <= better <= worse <= 100


def test_the_draw_is_fair():
    orders = [uuid.UUID(int=number) for number in range(20_000)]
    drawn = sum(sampling.drawn(sampling.draw(b"key", order), BASE) for order in orders)
    assert 1_850 < drawn < 2_150  # 2,000 give or take three and a half standard deviations


def test_the_draw_is_the_same_for_an_auditor_and_another_for_whoever_guesses_the_key():
    orders = [uuid.UUID(int=number) for number in range(200)]
    drawn = [sampling.draw(b"key", order) for order in orders]
    assert drawn == [sampling.draw(b"key", order) for order in orders]
    guessed = [sampling.draw(b"kez", order) for order in orders]
    assert sum(one == other for one, other in zip(drawn, guessed, strict=True)) < 3


def test_all_are_drawn_of_a_hundred_percent_and_none_of_nothing():
    assert sampling.drawn(9_999, 100)
    assert not sampling.drawn(0, 0)
    assert sampling.drawn(999, 10)
    assert not sampling.drawn(1_000, 10)
