"""The line of numbers of a reading, as every limit of the shipped checklists draws it."""

import itertools
from decimal import Decimal

import pytest

from checklists.bands import Stretch, stretches
from checklists.catalogue import load_catalogue
from checklists.run import Answer, Photo, Result, Run
from checklists.vocabulary import Kind, Status

CATALOGUE = load_catalogue()


def line(step_id, answer, *, results=()):
    template = next(one for one in CATALOGUE.values() if step_id in one.by_id)
    run = Run(template=template, children={}, results=tuple(results))
    return stretches(run, template.by_id[step_id], Answer(step=step_id, attempt=1, answer=answer))


def told(found: tuple[Stretch, ...]):
    return [(one.low, one.high, one.status) for one in found]


def test_a_voltage_has_its_band_between_two_failures_and_none_below_nothing():
    zero, low, high = Decimal(0), Decimal(198), Decimal(235)
    assert told(line("LAMP-03", {"value": "221", "unit": "V AC"})) == [
        (None, zero, None),
        (zero, low, Status.FAIL),
        (low, high, Status.PASS),
        (high, None, Status.FAIL),
    ]


def recorded(step, answer):
    return Result(
        step=step, attempt=1, status=Status.PASS, answer=answer, photos=(Photo(sha256="", tag=""),)
    )


def pressure(refrigerant, ambient_c):
    plate = {"ambient_c": ambient_c, "refrigerant": refrigerant, "rated_current_a": "5.2"}
    seen = recorded("AC-02", {"value": ambient_c, "unit": "C", "fields": plate})
    return line("AC-18", {"value": "0.50", "unit": "MPa"}, results=[seen])


def test_a_band_that_hangs_on_another_step_is_drawn_for_what_that_step_said():
    assert told(pressure("R22", "30")) != told(pressure("R410A", "30"))


def test_a_share_of_a_rated_value_is_drawn_around_it():
    plate = {"ambient_c": "30", "refrigerant": "R22", "rated_current_a": "10"}
    seen = recorded("AC-02", {"value": "30", "unit": "C", "fields": plate})
    found = line("AC-20", {"value": "9.9", "unit": "A"}, results=[seen])
    inside = next(one for one in found if one.status is Status.PASS)
    assert (inside.low, inside.high) == (Decimal("8.5"), Decimal("11.5"))


@pytest.mark.parametrize(
    "step",
    [s for one in CATALOGUE.values() for s in one.steps if s.kind is Kind.READING],
    ids=lambda step: step.id,
)
def test_every_reading_of_the_catalogue_can_be_drawn(step):
    found = line(step.id, {"value": "1", "unit": step.unit})
    for one, following in itertools.pairwise(found):
        assert one.high == following.low
        assert one.status != following.status
    assert found == () or (found[0].low, found[-1].high) == (None, None)
