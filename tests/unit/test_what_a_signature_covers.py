"""When the customer has to sign again after QA sent steps back (R-060, QA2)."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from server.work_orders.signing import changed_since


@dataclass(frozen=True)
class Recorded:
    step: str
    answer: dict[str, Any] = field(default_factory=dict)
    text: str | None = None


READ = Recorded("LAMP-03", {"value": "221", "unit": "V AC", "fields": {"ballast": "inductive"}})
PHOTO = Recorded("LAMP-20")
SIGNED = [READ, PHOTO]


def test_nothing_new_nothing_to_sign():
    assert changed_since(2, SIGNED) == ()


@pytest.mark.parametrize(
    "again",
    [
        PHOTO,
        READ,
        Recorded("LAMP-03", {**READ.answer, "value": "221.0"}),
        Recorded("LAMP-03", READ.answer, text="  "),
    ],
    ids=["new photo", "the same reading", "one more digit", "no words"],
)
def test_what_reads_the_same_was_signed_for(again):
    assert changed_since(2, [*SIGNED, again]) == ()


@pytest.mark.parametrize(
    "again",
    [
        Recorded("LAMP-03", {**READ.answer, "value": "228"}),
        Recorded("LAMP-03", {**READ.answer, "fields": {"ballast": "electronic"}}),
        Recorded("LAMP-03", READ.answer, text="表换过"),
        Recorded("LAMP-19", {"value": "2", "unit": "times"}),
    ],
    ids=["another value", "another field", "another text", "a step that was not there"],
)
def test_what_reads_otherwise_is_signed_again(again):
    assert changed_since(2, [*SIGNED, again]) == (again.step,)


def test_the_last_word_counts_not_the_way_to_it():
    typing_error = Recorded("LAMP-03", {**READ.answer, "value": "22"})
    assert changed_since(2, [*SIGNED, typing_error, READ]) == ()
    assert changed_since(3, [*SIGNED, typing_error, READ]) == ("LAMP-03",)


def test_the_same_choices_in_another_order_are_the_same():
    first = Recorded("AC-01", {"choices": ["weak", "noisy"]})
    assert changed_since(1, [first, Recorded("AC-01", {"choices": ["noisy", "weak"]})]) == ()
