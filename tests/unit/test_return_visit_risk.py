"""Where a return visit matters most: what speaks for it, and how much."""

import pytest

from server.return_visits.risk import (
    GAS,
    HIGH_PRICE,
    LOW_RATING,
    QA_FAILED,
    QA_RETURNED,
    REPEAT_FAULT,
    REWORK,
    UNSIGNED,
    WEAK_EVIDENCE,
    WEIGHTS,
    Facts,
    findings,
    place,
    score,
)


def codes(**facts):
    return [one.code for one in findings(Facts(**{"category": "lamp", **facts}))]


def test_an_order_like_any_other_has_no_risk():
    quiet = Facts(category="lamp", charge_fen=1500, usual_fen=[1500] * 5, stars={"quality": 4})
    assert findings(quiet) == []
    assert (score([]), place([])) == (0, 100)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"stars": {"quality": 5, "attitude": 3}}, LOW_RATING),
        ({"repeats": ["FW-202503-0001"]}, REPEAT_FAULT),
        ({"category": "gas_stove"}, GAS),
        ({"category": "gas_water_heater"}, GAS),
        ({"evidence_score": 40, "weak_score": 40}, WEAK_EVIDENCE),
        ({"qa_failed": True, "qa_returned": True}, QA_FAILED),
        ({"qa_returned": True}, QA_RETURNED),
        ({"charge_fen": 3000, "usual_fen": [1500] * 5}, HIGH_PRICE),
        ({"rework_rounds": 1}, REWORK),
        ({"unsigned_reason": "refused", "closed_by_decision": True}, UNSIGNED),
        ({"closed_by_decision": True}, UNSIGNED),
    ],
)
def test_each_risk_is_found_alone(facts, code):
    assert codes(**facts) == [code]


@pytest.mark.parametrize(
    "facts",
    [
        {"stars": {"quality": 4}},
        {"evidence_score": 39, "weak_score": 40},
        {"charge_fen": 2999, "usual_fen": [1500] * 5},
        {"charge_fen": 9000, "usual_fen": [1500] * 4},
        {"charge_fen": 9000, "usual_fen": [0] * 5},
    ],
    ids=["four stars", "evidence good enough", "not twice", "nothing is usual yet", "free work"],
)
def test_what_is_only_near_is_no_risk(facts):
    assert codes(**facts) == []


def test_two_stars_weigh_more_than_three():
    (bad,) = findings(Facts(category="lamp", stars={"quality": 2}))
    (poor,) = findings(Facts(category="lamp", stars={"quality": 3}))
    assert bad.weight == WEIGHTS[LOW_RATING] > poor.weight
    assert bad.values == {"stars": 2, "axis": "quality"}


def test_many_risks_come_first_and_never_beyond_the_whole():
    worst = findings(
        Facts(
            category="gas_stove",
            stars={"quality": 1},
            repeats=["FW-1", "FW-2", "FW-3", "FW-4"],
            qa_failed=True,
            rework_rounds=4,
            unsigned_reason="dispute",
        )
    )
    assert [one.weight for one in worst] == sorted((one.weight for one in worst), reverse=True)
    (repeat,) = [one for one in worst if one.code == REPEAT_FAULT]
    assert (repeat.weight, repeat.values["count"], len(repeat.values["orders"])) == (50, 4, 3)
    assert (score(worst), place(worst)) == (100, 0)
