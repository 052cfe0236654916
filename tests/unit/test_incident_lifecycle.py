"""Every cell of PA1–PA4 and DM2, what each guard misses, and who stayed until when as bars."""

import datetime as dt

import pytest

from server.console.incident_timeline import WIDTH, stays
from server.incidents.lifecycle import (
    DAMAGE,
    INCIDENT,
    PARTS,
    DamageState,
    IncidentState,
    Said,
    left_early,
    missing,
    next_state,
    possible,
)
from tests.cast import after

I, D = IncidentState, DamageState  # noqa: E741  # as the trade's tables are read
# action: from … > to; what is not here is refused.
INCIDENT_MOVES = {
    "notify": ({I.FOUND}, I.NOTIFIED),
    "arrive": ({I.NOTIFIED}, I.DEPT_ARRIVED),
    "handle": ({I.DEPT_ARRIVED}, I.HANDLED),
    "report": ({I.HANDLED}, I.REPORTED),
    "raise": ({I.REPORTED}, I.RAISED),
    "close": ({I.REPORTED, I.RAISED}, I.CLOSED),
    "report_and_close": ({I.NOTIFIED, I.DEPT_ARRIVED, I.HANDLED}, I.CLOSED),
}
DAMAGE_MOVES = {
    "assess": ({D.REPORTED, D.ASSESSING}, D.ASSESSING),
    "negotiate": ({D.ASSESSING, D.NEGOTIATING}, D.NEGOTIATING),
    "settle": ({D.NEGOTIATING}, D.SETTLED),
}
FOUR = dict.fromkeys(PARTS, "已查")


@pytest.mark.parametrize("action", INCIDENT_MOVES)
@pytest.mark.parametrize("state", I)
def test_each_action_of_an_incident_in_each_state(action, state):
    sources, target = INCIDENT_MOVES[action]
    step = next_state(INCIDENT, action, state)
    assert (step.target if step else None) == (target if state in sources else None)
    assert (action in possible(INCIDENT, state)) is (state in sources)


@pytest.mark.parametrize("action", DAMAGE_MOVES)
@pytest.mark.parametrize("state", D)
def test_each_action_of_a_damage_report_in_each_state(action, state):
    sources, target = DAMAGE_MOVES[action]
    step = next_state(DAMAGE, action, state)
    assert (step.target if step else None) == (target if state in sources else None)


def test_the_tables_have_these_actions_and_no_others():
    assert {step.action for step in INCIDENT} == set(INCIDENT_MOVES)
    assert {step.action for step in DAMAGE} == set(DAMAGE_MOVES)
    assert {step.id for step in INCIDENT} == {"PA1", "PA2", "PA3", "PA4"}
    assert {step.permission for step in DAMAGE} == {"damage.settle"}
    with pytest.raises(KeyError):
        next_state(INCIDENT, "forget", I.FOUND)


@pytest.mark.parametrize(
    ("action", "state", "said", "fields"),
    [
        ("arrive", I.NOTIFIED, Said(), {"dept_arrived_at"}),
        ("arrive", I.NOTIFIED, Said(arrived_at=after()), set()),
        ("handle", I.DEPT_ARRIVED, Said(handled_text=" "), {"handled_text"}),
        ("report", I.HANDLED, Said(), {"superior_report"}),
        ("report_and_close", I.NOTIFIED, Said(superior_report="\t"), {"superior_report"}),
        (
            "report_and_close",
            I.NOTIFIED,
            Said(superior_report="好", major=True),
            {"dept_arrived_at"},
        ),
        ("raise", I.REPORTED, Said(), {"decision"}),
        ("close", I.RAISED, Said(decision="结案"), set()),
    ],
)
def test_what_an_incidents_guard_misses(action, state, said, fields):
    step = next_state(INCIDENT, action, state)
    assert step is not None
    assert set(missing(step, said)) == fields


@pytest.mark.parametrize(
    ("action", "state", "said", "fields"),
    [
        ("negotiate", D.ASSESSING, Said(analysis={"cost": "50"}), {*PARTS, "claim_fen"} - {"cost"}),
        ("negotiate", D.ASSESSING, Said(analysis=FOUR, claim_fen=0), set()),
        ("settle", D.NEGOTIATING, Said(), {"amount_fen", "agreement", "signer_name"}),
        (
            "settle",
            D.NEGOTIATING,
            Said(amount_fen=0, agreement="道歉", signer_name="王丽华"),
            set(),
        ),
    ],
    ids=["one part of four", "a claim of nothing", "nothing agreed", "an apology"],
)
def test_what_a_damage_reports_guard_misses(action, state, said, fields):
    step = next_state(DAMAGE, action, state)
    assert step is not None
    assert set(missing(step, said)) == fields


@pytest.mark.parametrize(
    ("arrived", "left", "early"),
    [(None, None, False), (5, None, False), (None, 5, True), (5, 4, True), (5, 5, False)],
)
def test_leaving_before_the_department_came_is_early(arrived, left, early):
    times = (None if one is None else after(minutes=one) for one in (arrived, left))
    assert left_early(*times) is early


def test_who_was_there_is_drawn_on_one_scale():
    drawn = stays(
        found_at=after(),
        left_at=after(minutes=20),
        arrived_at=after(minutes=10),
        over_at=after(minutes=40),
        now=after(hours=9),
    )
    assert (drawn.discoverer.x, drawn.discoverer.width) == (0, WIDTH / 2)
    assert drawn.department is not None
    assert (drawn.department.x, drawn.department.width) == (WIDTH / 4, WIDTH * 3 / 4)


@pytest.mark.parametrize("arrived", [None, after(minutes=30), after(minutes=-5)])
def test_whoever_is_still_there_is_drawn_until_now(arrived):
    now = after(minutes=60)
    drawn = stays(found_at=after(), left_at=None, arrived_at=arrived, over_at=None, now=now)
    assert drawn.end == now
    assert drawn.discoverer.until is None
    assert round(drawn.discoverer.x + drawn.discoverer.width) == WIDTH
    assert (drawn.department is None) is (arrived is None)


def test_an_incident_of_this_very_moment_can_be_drawn():
    drawn = stays(found_at=after(), left_at=None, arrived_at=None, over_at=None, now=after())
    assert drawn.end - drawn.begin == dt.timedelta(minutes=1)
    assert 0 < drawn.discoverer.width <= WIDTH
