"""Plans of weekly and monthly checks on their page: made, checked, put right (R-005)."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server.db import session, transaction, utcnow
from server.history import HistoryRow
from server.quality.models import CorrectiveAction, Inspection, InspectionPlan
from tests.cast import CHEN_JING, QIAN_JIN, SHANGHAI, SUN_QIAN, ZHAO_MIN, ZHOU_JIANGUO

PATH = "/quality/plans"
FAR = "2099-01-31"
PLAN = {
    "title": "工具间灭火器",
    "item": "压力表指针在绿区,铅封完好",
    "every": "weekly",
    "inspector": SUN_QIAN.username,
}


@pytest.fixture
def desk(at_desk, today):
    return at_desk(SUN_QIAN)


@pytest.fixture
def plan(desk):
    assert desk.send(PATH, PATH, **PLAN).status_code == 303
    return session().scalars(sa.select(InspectionPlan)).one()


def monday():
    day = utcnow().astimezone(SHANGHAI).date()
    return day - dt.timedelta(days=day.weekday())


def results(plan):
    return f"{PATH}/{plan.id}/results"


def fault(**changes):
    return {
        "outcome": "not_ok",
        "text": "指针在红区",
        "correction": "更换灭火器",
        "owner": QIAN_JIN.username,
        "due_on": FAR,
        **changes,
    }


def every(what):
    """All rows there are by now, as others have left them."""
    session().rollback()
    return session().scalars(sa.select(what)).all()


def correction():
    (found,) = every(CorrectiveAction)
    return found


def test_a_plan_asks_for_this_weeks_check_and_takes_its_result(desk, plan):
    page = desk.page(PATH)
    assert "工具间灭火器" in page
    assert desk.send(PATH, results(plan), outcome="ok").status_code == 303
    (found,) = every(Inspection)
    assert (found.ok, found.period_on) == (True, monday())
    assert f'action="{results(plan)}"' not in desk.page(PATH)


def test_a_plan_without_a_word_is_refused_and_what_was_typed_stays(desk):
    answer = desk.send(PATH, PATH, **{**PLAN, "item": " "})
    assert answer.status_code == 422
    assert "工具间灭火器" in answer.text
    assert every(InspectionPlan) == []


@pytest.mark.parametrize("wrong", [{"every": "daily"}, {"inspector": CHEN_JING.username}])
def test_a_plan_needs_a_rhythm_and_somebody_who_may_check(desk, wrong):
    assert desk.send(PATH, PATH, **{**PLAN, **wrong}).status_code == 422


def test_what_is_not_right_is_put_right_by_one_and_verified_by_another(desk, at_desk, plan):
    assert desk.send(PATH, results(plan), **fault()).status_code == 303
    action = correction()
    assert (action.order_id, action.text) == (None, "更换灭火器")
    page = desk.page(PATH)
    assert "更换灭火器" in page
    assert QIAN_JIN.name in page
    base = f"/quality/corrections/{action.id}"
    verify = desk.client.post(f"{base}/verified", data=desk.hidden(page, f"{base}/done"))
    assert verify.status_code == 409, "nobody verifies what is not done"
    assert desk.send(PATH, f"{base}/done").status_code == 303
    page = desk.page(PATH)
    assert f'action="{base}/verified"' not in page, "who says that it is done does not verify it"
    own = desk.client.post(f"{base}/verified", data=desk.hidden(page, f"{PATH}/{plan.id}/pause"))
    assert own.status_code == 403
    manager = at_desk(ZHAO_MIN)
    assert manager.send(PATH, f"{base}/verified").status_code == 303
    assert correction().verified_at is not None
    assert "没有未验证的整改" in desk.page(PATH)
    kinds = session().scalars(
        sa.select(HistoryRow.kind).where(HistoryRow.subject == str(plan.id)).order_by(HistoryRow.id)
    )
    assert list(kinds) == [
        "inspection.planned",
        "inspection.checked",
        "correction.done",
        "correction.verified",
    ]


@pytest.mark.parametrize(
    "missing", [{"text": ""}, {"correction": ""}, {"due_on": ""}, {"due_on": "2020-01-01"}]
)
def test_a_fault_needs_words_a_correction_and_a_date_to_come(desk, plan, missing):
    answer = desk.send(PATH, results(plan), **fault(**missing))
    assert answer.status_code == 422
    assert every(Inspection) == []
    kept = "更换灭火器" if "correction" not in missing else "指针在红区"
    assert kept in answer.text


def test_a_period_has_one_result_whoever_was_first(desk, at_desk, plan):
    other = at_desk(ZHAO_MIN)
    old = other.hidden(other.page(PATH), results(plan))
    desk.send(PATH, results(plan), outcome="ok")
    answer = other.client.post(results(plan), data={**old, **fault()})
    assert answer.status_code == 409
    assert every(Inspection.ok) == [True]
    assert every(CorrectiveAction) == []


def test_a_missed_week_is_overdue_and_can_still_be_made_up_for(desk, plan):
    with transaction() as current:
        current.execute(sa.update(InspectionPlan).values(starts_on=monday() - dt.timedelta(days=3)))
    page = desk.page(PATH)
    assert page.count("逾期") == 1
    missed = (monday() - dt.timedelta(days=7)).isoformat()
    token = desk.hidden(page, results(plan))
    answer = desk.client.post(results(plan), data={**token, "period_on": missed, "outcome": "ok"})
    assert answer.status_code == 303
    assert "逾期" not in desk.page(PATH)


def test_a_week_that_the_plan_does_not_have_is_refused(desk, plan):
    token = desk.hidden(desk.page(PATH), results(plan))
    for period in ("2020-01-06", "2099-01-05", "gestern"):
        answer = desk.client.post(
            results(plan), data={**token, "period_on": period, "outcome": "ok"}
        )
        assert answer.status_code == 422
    assert every(Inspection) == []


def test_a_paused_plan_asks_for_nothing_and_starts_anew_when_resumed(desk, plan):
    with transaction() as current:
        current.execute(
            sa.update(InspectionPlan).values(starts_on=monday() - dt.timedelta(days=30))
        )
    desk.send(PATH, f"{PATH}/{plan.id}/pause")
    assert "现在没有要做的检查" in desk.page(PATH)
    desk.send(PATH, f"{PATH}/{plan.id}/resume")
    page = desk.page(PATH)
    assert page.count(f'action="{results(plan)}"') == 1
    assert "逾期" not in page


def test_an_overdue_correction_says_so_and_long_lists_have_pages(desk, plan, monkeypatch):
    monkeypatch.setattr("server.console.inspection_plans.PAGE", 2)
    desk.send(PATH, results(plan), **fault())
    first = correction()
    with transaction() as current:
        first.due_on = dt.date(2020, 1, 1)
        current.add(first)
        for day in (2, 3):
            current.add(
                CorrectiveAction(
                    estate_id=plan.estate_id,
                    inspection_id=first.inspection_id,
                    text=f"第 {day} 项",
                    due_on=dt.date(2099, 1, day),
                )
            )
    page = desk.page(PATH)
    assert page.count("逾期") == 1
    assert "第 3 项" not in page
    following = page[page.index("/quality/plans?after=") :].split('"')[0]
    assert "第 3 项" in desk.page(following)
    assert desk.get("/quality/plans?after=nonsense").status_code == 422


def test_the_general_manager_reads_and_the_desk_has_no_way_in(desk, plan, at_desk):
    page = at_desk(ZHOU_JIANGUO).page(PATH)
    assert "工具间灭火器" in page
    assert "<form" not in page[page.index("<main") : page.index("</main>")]
    assert at_desk(CHEN_JING).get(PATH).status_code == 403
