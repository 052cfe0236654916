"""The reviewer's page of one order: what stands on it, and where a judgement leads."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa

from server.checklist_runs.models import StepResult
from server.db import session, transaction, utcnow
from server.evidence.models import Photo
from server.quality.readings import earlier_readings
from server.quality.waiting import next_waiting
from server.stores import operations as stores
from server.work_orders.models import WorkOrder
from server.work_orders.operations import supplying
from server.work_orders.states import State
from tests.cast import LIU_QIANG, QIAN_JIN, SUN_QIAN, ZHANG_WEI, ZHOU_JIANGUO, ZHOU_MIN
from tests.factories import acts, lamp_repair
from tests.factories.lamp_repair import record, repaired_lamp


@pytest.fixture
def lamp(today):
    return repaired_lamp(today)


@pytest.fixture
def desk(at_desk):
    return at_desk(SUN_QIAN)


def path(order):
    return f"/quality/{order.number}"


def read_on(world, monkeypatch, value, **facts):
    """A lamp order whose voltage read `value`."""
    steps = tuple(
        (step, {**answer, "value": value} if step == "LAMP-03" else answer, ())
        for step, answer, _tags in lamp_repair.BEFORE_PRICE
    )
    after = tuple((step, answer, ()) for step, answer, _tags in lamp_repair.AFTER_PRICE)
    with monkeypatch.context() as patched:
        patched.setattr(lamp_repair, "BEFORE_PRICE", steps)
        patched.setattr(lamp_repair, "AFTER_PRICE", after)
        order = world.issued(category="lamp", **facts)
        for act in (acts.dispatch, acts.acknowledge, acts.arrive):
            act(world, order)
        for step, answer, _tags in steps:
            acts.record_step(world, order, step, answer)
    order.state, order.finished_at = State.ACCEPTED, world.now
    world.session.commit()
    return order


def drawing(page):
    """What the drawing of the voltage says to whoever cannot see it."""
    found = re.search(r'<svg class="chart"[^>]*aria-label="([^"]*)"', page)
    return found.group(1) if found else None


def test_the_head_says_whose_work_it_was_and_how_long_it_took(desk, lamp, fresh):
    order = fresh(lamp)
    minutes = int((order.finished_at - order.arrived_at).total_seconds()) // 60
    page = desk.page(path(lamp))
    for words in (lamp.unit.code, "灯具", LIU_QIANG.name, f"<b>{minutes} 分钟</b>", "¥30.00"):
        assert words in page


def test_a_reading_is_drawn_against_its_band(desk, lamp):
    page = desk.page(path(lamp))
    assert drawing(page) == "读数 221 V AC; 限值 198 / 235"
    assert '<rect class="z-pass"' in page
    assert "style=" not in page


def test_what_the_same_unit_read_before_is_marked_newest_first(desk, today, monkeypatch):
    elsewhere = {"customer": ZHOU_MIN}
    first = read_on(today, monkeypatch, "214")
    read_on(today, monkeypatch, "199", **elsewhere)
    second = read_on(today, monkeypatch, "229")
    order = read_on(today, monkeypatch, "221")
    read_on(today, monkeypatch, "230")  # a later one is no history of it
    assert drawing(desk.page(path(order))).endswith(
        f"以前 {second.number}: 229 V AC / {first.number}: 214 V AC"
    )


def test_only_the_last_orders_are_looked_at_and_of_each_the_reading_that_counts(today, monkeypatch):
    monkeypatch.setattr("server.quality.readings.LOOK_BACK", 2)
    for value in ("214", "215", "216"):
        before = read_on(today, monkeypatch, value)
    with transaction() as current:
        first = current.scalars(
            sa.select(StepResult).where(
                StepResult.order_id == before.id, StepResult.step == "LAMP-03"
            )
        ).one()
        words = {
            column.name: getattr(first, column.name)
            for column in StepResult.__table__.columns
            if column.name != "id"
        }
        again = {**words, "attempt": 2, "position": 99, "answer": {**first.answer, "value": "220"}}
        current.add(StepResult(**again))
    order = read_on(today, monkeypatch, "221")
    found = earlier_readings(session(), order, ["LAMP-03", "LAMP-19"])
    assert [one.value for one in found["LAMP-03"]] == ["220", "215"]
    assert list(found) == ["LAMP-03"]


def test_before_and_after_stand_side_by_side_and_so_do_the_parts(desk, lamp):
    page = desk.page(path(lamp))
    pairs = re.findall(r'<div class="pair[^"]*">(.*?)</div>', page, re.DOTALL)
    words = [re.findall(r"<figcaption>(\S+)", pair) for pair in pairs]
    assert words == [["维修前", "维修后"], ["旧件", "新件"], ["旧件", "新件"]]


def test_a_photo_without_its_counterpart_says_so(desk, lamp):
    with transaction() as current:
        current.execute(sa.update(Photo).where(Photo.tag == "after").values(tag="level"))
    assert "没有对应的照片" in desk.page(path(lamp))


def test_both_clocks_are_shown_and_how_far_they_are_apart_from_two_minutes_on(desk, today):
    order = acts.order_in(today, State.IN_PROGRESS)
    assert "服务器晚" not in desk.page(path(order))
    at = today.later()
    with transaction() as current:
        by = today.by(LIU_QIANG)
        acts.executing.ready(
            current,
            today.settings,
            acts.moving.find_order(current, order.number, by=by),
            by=by,
            at=at,
            device_at=at - dt.timedelta(minutes=12),
        )
    assert "服务器晚 12 分钟" in desk.page(path(order))


def test_material_that_was_used_and_not_billed_meets_the_eye(desk, today):
    order = acts.order_in(today, State.IN_PROGRESS)
    technician, store = today.by(LIU_QIANG), today.by(QIAN_JIN)
    tube = [("M-TUBE36", Decimal(1))]
    today.do(
        supplying.request_stock,
        today.settings,
        order,
        wanted=tube,
        by=technician,
        at=today.later(),
    )
    line = stores.lines_of(session(), order.id)[0]
    today.do(supplying.issue_stock, order, line, qty=Decimal(1), by=store, at=today.later())
    today.do(supplying.use_stock, order, used=tube, by=technician, at=today.later())
    acts.ready(today, order)
    assert "≠ 用了的比报价的多" in desk.page(path(order))


def test_an_order_for_which_nothing_was_drawn_says_so(desk, lamp):
    """S-01: one tube on the quote; the warehouse knows of none."""
    page = desk.page(path(lamp))
    assert page.count("≠ 报了价,没有领料记录") == 1


def test_the_next_order_of_the_queue_opens_by_itself(desk, today, fresh):
    first, second, third = (acts.order_in(today, State.ACCEPTED) for _ in range(3))
    answer = desk.send(path(first), path(first), outcome="passed")
    assert answer.headers["Location"].endswith(path(second))
    page = desk.follow(answer)
    assert f"{first.number} 的评审已记下" in page
    assert fresh(first).qa_state == "passed"
    # One that is passed over comes again after the others.
    assert desk.get(f"{path(second)}/next").headers["Location"].endswith(path(third))
    answer = desk.send(path(third), path(third), outcome="passed")
    assert answer.headers["Location"].endswith(path(second))
    answer = desk.send(path(second), path(second), outcome="passed")
    assert answer.headers["Location"].endswith("/quality")
    assert desk.get(f"{path(second)}/next").headers["Location"].endswith("/quality")


def test_nobody_is_led_to_what_was_once_his_own(today):
    acts.order_in(today, State.ACCEPTED)
    assert next_waiting(session(), by=today.by(LIU_QIANG)) is None
    assert next_waiting(session(), by=today.by(ZHANG_WEI)) is not None


def test_earlier_judgements_and_what_was_redone_stay_in_sight(desk, today, lamp):
    desk.send(
        path(lamp),
        path(lamp),
        outcome="returned",
        step=["LAMP-03"],
        **{"reason-LAMP-03": "照片看不清"},
    )
    answer = {"value": "222", "unit": "V AC", "fields": {"ballast": "inductive"}}
    today.now = max(today.now, utcnow())
    record(today, lamp, "LAMP-03", answer, ("meter",), seed=977, attempt=2)
    page = desk.page(path(lamp))
    assert "第 1 次" in page
    assert "221 V AC" in page
    assert "222 V AC" in page
    assert "LAMP-03: 照片看不清" in page
    assert re.search(rf"QC-\d{{6}}-0001 {SUN_QIAN.name}", page)


def test_whoever_only_reads_finds_no_buttons_but_the_keys_to_read(at_desk, lamp):
    page = at_desk(ZHOU_JIANGUO).page(path(lamp))
    assert 'id="pass"' not in page
    assert 'name="step"' not in page
    assert 'id="next"' in page


def test_enter_in_a_field_of_the_form_passes_nothing(desk, lamp):
    """The form's default button is the first one, and it is disabled."""
    page = desk.page(path(lamp))
    form = page[page.index('id="review"') :]
    assert re.search(r"<button[^>]*>", form).group(0) == "<button disabled hidden>"


def test_the_page_asks_a_fixed_number_of_questions(desk, today, queries, monkeypatch):
    order = read_on(today, monkeypatch, "221")
    desk.page(path(order))
    queries.clear()
    desk.page(path(order))
    once = len(queries)
    for value in ("222", "223", "224"):
        read_on(today, monkeypatch, value)
    later = read_on(today, monkeypatch, "225")
    queries.clear()
    desk.page(path(later))
    assert len(queries) <= once + 1  # the readings of earlier orders, all at once
    assert session().scalar(sa.select(sa.func.count()).select_from(WorkOrder)) > 1
