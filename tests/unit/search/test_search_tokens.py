"""How texts become tokens, and what a question needs of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.search.tokens import MAX_TOKEN, fits, folded, is_of_number, tokens, wanted

CHINESE = st.text(alphabet="客厅灯不亮龙头滴水王丽华", min_size=1, max_size=8)
PLAIN = st.text(alphabet="abcxyz0123456789", min_size=1, max_size=12)
TEXTS = st.lists(st.one_of(CHINESE, PLAIN), min_size=1, max_size=6).map(" ".join)
ANYTHING = st.text(max_size=200)


def leads_to(query, text):
    """Whether the tokens of a text hold everything that the question needs."""
    want, known = wanted(query), tokens(text)
    beginnings = all(any(one.startswith(start) for one in known) for start in want.beginnings)
    return beginnings and set(want.whole) <= known and fits(folded(text), want)


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("3-2-1502", "3栋2单元1502"),
        ("3栋2单元1502", "3栋2单元1502"),
        ("3 栋 2 单元 1502", "3栋2单元1502"),
        ("1502", "3栋2单元1502"),
        ("0001", "13900000001"),
        ("139", "13900000001"),
        ("fw-202503", "FW-202503-0042"),
        ("0042", "FW-202503-0042"),
        ("日光灯", "客厅日光灯不亮"),
        ("灯", "客厅日光灯不亮"),
        ("不亮 客厅", "客厅日光灯不亮"),
        ("KTV", "ktv包间空调不凉"),
        ("ktv", "KTV 包间"),
    ],
)
def test_what_people_say_leads_to_what_is_stored(said, stored):
    assert leads_to(said, stored)


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("502", "3栋2单元1502"),
        ("3-2-15020", "3栋2单元1502"),
        ("客灯", "客厅日光灯不亮"),
        ("灯客", "客厅灯"),
        ("厅灯 厅客", "客厅灯"),
        ("冰箱", "客厅灯"),
    ],
)
def test_what_nobody_said_leads_nowhere(said, stored):
    assert not leads_to(said, stored)


@given(TEXTS, st.data())
def test_every_text_is_found_by_any_of_its_words_and_pairs(text, data):
    word = data.draw(st.sampled_from(text.split()))
    if word[0].isascii():
        piece = word[: data.draw(st.integers(1, len(word)))]
    else:
        start = data.draw(st.integers(0, len(word) - 1))
        piece = word[start : data.draw(st.integers(start + 1, len(word)))]
    assert leads_to(piece, text)
    assert leads_to(text, text)


@given(ANYTHING)
def test_no_text_breaks_the_index_and_every_token_fits_its_column(text):
    assert all(0 < len(token) <= MAX_TOKEN for token in tokens(text))
    want = wanted(text)
    assert all(len(one) <= MAX_TOKEN for one in (*want.whole, *want.beginnings))


@given(st.integers(2020, 2099), st.integers(1, 12), st.integers(1, 99_999), st.data())
def test_every_clear_part_of_a_number_may_be_one(year, month, place, data):
    number = f"GQ-{year}{month:02d}-{place:04d}"
    typed = data.draw(
        st.one_of(
            st.integers(1, len(number)).map(lambda end: number[:end]),
            st.sampled_from((f"{year}", f"{year}{month:02d}", f"{place:04d}", f"gq {place:04d}")),
        )
    )
    assert leads_to(typed, number)
    assert is_of_number(wanted(typed), "gq")


@pytest.mark.parametrize(
    "typed",
    ["1", "042", "13900000001", "3-2-1502", "hf-202503-0001", "gqx", "wlh", "客厅", "gq 客厅"],
)
def test_what_stands_in_no_number_is_not_looked_for_among_numbers(typed):
    assert not is_of_number(wanted(typed), "gq")
