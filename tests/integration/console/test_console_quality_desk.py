"""Reviewing finished work: pass, send back by step with reasons, fail with a correction."""

import pytest
import sqlalchemy as sa

from server.accounts.models import User
from server.checklist_runs import queries as runs
from server.db import session, transaction
from server.evidence.models import Photo
from server.quality.models import CorrectiveAction
from server.quality.operations import reviews_of
from server.work_orders.states import State
from tests.cast import CHEN_JING, LIU_QIANG, SUN_QIAN, ZHOU_JIANGUO
from tests.factories import acts
from tests.factories.lamp_repair import repaired_lamp


@pytest.fixture
def order(today):
    return repaired_lamp(today)


@pytest.fixture
def path(order):
    return f"/quality/{order.number}"


def test_the_queue_shows_the_longest_waiting_first(at_desk, today, monkeypatch):
    monkeypatch.setattr("server.console.quality_desk.PAGE", 2)
    numbers = [acts.order_in(today, State.ACCEPTED).number for _ in range(3)]
    desk = at_desk(SUN_QIAN)
    first = desk.page("/quality")
    assert first.index(numbers[0]) < first.index(numbers[1])
    assert numbers[2] not in first
    following = first[first.index("/quality?after=") :].split('"')[0]
    assert numbers[2] in desk.page(following)


def test_passed_work_leaves_the_queue(at_desk, order, path, fresh):
    desk = at_desk(SUN_QIAN)
    answer = desk.send(path, path, outcome="passed", note="证据齐全")
    assert order.number in desk.follow(answer)  # the message names it
    assert path not in desk.page("/quality")
    assert fresh(order).qa_state == "passed"


def test_steps_are_sent_back_each_with_its_reason(at_desk, order, path, fresh):
    """S-11: the reviewer wants another photo."""
    answer = at_desk(SUN_QIAN).send(
        path,
        path,
        outcome="returned",
        step=["LAMP-03", "LAMP-11"],
        **{
            "reason-LAMP-03": "照片看不清",
            "words-LAMP-03": "表盘反光",
            "reason-LAMP-11": "",
            "words-LAMP-11": "没拍到规格",
        },
    )
    assert answer.status_code == 303
    assert fresh(order).qa_state == "returned"
    assert {row.step: row.reason for row in runs.returned(session(), order.id)} == {
        "LAMP-03": "照片看不清;表盘反光",
        "LAMP-11": "没拍到规格",
    }


def test_a_return_without_a_reason_is_refused_and_the_ticks_stay(at_desk, order, path, fresh):
    answer = at_desk(SUN_QIAN).send(path, path, outcome="returned", step="LAMP-03")
    assert answer.status_code == 422
    assert "LAMP-03:请写明退回的原因" in answer.text
    assert 'name="step" value="LAMP-03" checked' in answer.text
    assert fresh(order).qa_state == "pending"


def test_a_return_without_a_step_is_refused(at_desk, order, path, fresh):
    assert at_desk(SUN_QIAN).send(path, path, outcome="returned").status_code == 422
    assert fresh(order).qa_state == "pending"


def test_a_failure_needs_a_correction_and_its_date(at_desk, order, path, fresh):
    desk = at_desk(SUN_QIAN)
    words = {"outcome": "failed", "correction": "重做并补拍", "due_on": "2099-01-31"}
    assert desk.send(path, path, **{**words, "correction": ""}).status_code == 422
    assert desk.send(path, path, **{**words, "due_on": "31.1."}).status_code == 422
    assert desk.send(path, path, **words).status_code == 303
    assert fresh(order).qa_state == "failed"
    assert session().scalars(sa.select(CorrectiveAction.text)).one() == "重做并补拍"


def test_nobody_reviews_what_was_once_his_own(at_desk, today, order, path):
    with transaction() as current:
        current.execute(
            sa.update(User)
            .where(User.username == LIU_QIANG.username)
            .values(roles=["technician", "qa_reviewer"])
        )
    desk = at_desk(LIU_QIANG)
    page = desk.page(path)
    assert "须由别人评审" in page
    assert 'value="passed"' not in page
    token = desk.hidden(page, path)
    refused = desk.client.post(path, data={**token, "outcome": "passed"})
    assert refused.status_code == 403


def test_two_reviewers_do_not_overwrite_each_other(at_desk, order, path):
    first, second = at_desk(SUN_QIAN), at_desk(SUN_QIAN)
    old = second.hidden(second.page(path), path)
    first.send(path, path, outcome="passed")
    answer = second.client.post(path, data={**old, "outcome": "failed", "note": "再看看"})
    assert answer.status_code == 412
    assert "再看看" in answer.text
    assert [row.outcome for row in reviews_of(session(), order.id)] == ["passed"]


def test_flags_of_photos_meet_the_eye(at_desk, order, path):
    with transaction() as current:
        photo = current.scalars(sa.select(Photo).where(Photo.step == "LAMP-03")).one()
        photo.flags = ["near_duplicate"]
    page = at_desk(SUN_QIAN).page(path)
    assert "与另一张照片近似" in page
    assert page.count("reviewed flagged") == 1


def test_the_general_manager_reads_but_does_not_judge(at_desk, path):
    assert 'value="passed"' not in at_desk(ZHOU_JIANGUO).page(path)


def test_the_desk_has_no_way_in(at_desk, path):
    assert at_desk(CHEN_JING).get(path).status_code == 403
