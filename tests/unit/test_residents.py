"""What residents are told and asked: the pure rules."""

import datetime as dt

import pytest

from server.requests.lifecycle import RequestState
from server.residents import preferred
from server.residents.naming import greeted_en, greeted_zh
from server.residents.operations import PHONE
from server.residents.progress import ENDED, STAGES, standing
from server.work_orders.states import State
from tests.cast import NINE, SHANGHAI


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("刘强", "刘师傅", "Qiang"),
        ("王小明", "王师傅", "Xiaoming"),
        ("欧阳锋", "欧阳师傅", "Feng"),
        ("欧阳", "欧师傅", "Yang"),
        ("马", "马师傅", "Ma"),
        ("John Smith", "John师傅", "John"),
        (" 刘强 ", "刘师傅", "Qiang"),
    ],
)
def test_a_technician_is_greeted_without_his_whole_name(name, zh, en):
    assert (greeted_zh(name), greeted_en(name)) == (zh, en)


@pytest.mark.parametrize("order", [None, *State])
@pytest.mark.parametrize("request_state", RequestState)
def test_every_state_has_a_place_on_the_line_or_is_an_end(request_state, order):
    found = standing(request_state, order)
    assert found.stage in {*STAGES, ENDED}
    reached = [stage for stage in STAGES if found.passed(stage)]
    assert reached == list(STAGES[: len(reached)])
    assert bool(reached) == (found.stage != ENDED)


def test_on_the_way_is_said_only_while_it_is_true():
    def word(state):
        return standing(RequestState.CONVERTED, state, set_out=True).word

    assert word(State.ACKNOWLEDGED) == "set_out"
    assert word(State.ON_SITE) == "on_site"
    assert word(State.CREATED) == "accepted"


def test_times_on_offer_begin_after_now_and_reach_a_week():
    slots = preferred.offered(NINE, SHANGHAI)
    assert [slot.key for slot in slots[:3]] == [
        "2025-03-05.afternoon",
        "2025-03-05.evening",
        "2025-03-06.morning",
    ]
    assert slots[-1].key == "2025-03-11.evening"
    assert all(slot.start_at > NINE for slot in slots)
    early = preferred.offered(NINE - dt.timedelta(seconds=1), SHANGHAI)
    assert early[0].start_at == NINE
    assert len({slot.key for slot in early}) == 3 * preferred.DAYS


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("13900000001", True),
        ("+86 139 0000 0001", True),
        ("023-6666 8888", True),
        ("8888", False),
        ("1" * 25, False),
        ("139--0001", False),
        ("一三九", False),
        ("<13900000001>", False),
        ("13900000001\n", False),
    ],
)
def test_a_phone_number_is_one_that_can_be_dialled(text, good):
    assert bool(PHONE.fullmatch(text)) == good
