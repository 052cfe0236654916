"""Slips, the month's end, its figures and the weekly report as pages."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server.billing.models import FeeNotice, FinanceReport
from server.db import utcnow
from server.handovers.models import SlipHandover
from server.history import HistoryRow
from server.incidents import operations as incidents
from server.month_end.models import MonthlySummary, WeeklyReport
from server.rectifications.operations import open_rectification
from server.reports.month_figures import MONTHLY
from server.work_orders.models import WorkOrder
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    FENG_XUE,
    HE_FANG,
    HE_LI,
    LI_JIANJUN,
    LI_NA,
    LUO_BING,
    SHANGHAI,
    YANG_FAN,
    ZHAO_MIN,
    ZHOU_JIANGUO,
)
from tests.factories import acts, money
from tests.factories.money import LAMP, SWITCH, repaired
from tests.factories.months import billed, complaint_closed, orders_of_month, visits_of

MARCH = "2025-03"
TENTH = dt.datetime(2025, 4, 10, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def march(world):
    """51 numbers of March: 47 closed, 3 cancelled, 1 void; visited, on a notice; one complaint."""
    orders = world.do(orders_of_month, world.estate_id)
    visitor = world.user(YANG_FAN).id
    world.do(visits_of, orders[:47], at=TENTH, by=visitor, on_site=2, dissatisfied=3)
    world.do(billed, orders[:47])
    at = dt.datetime(2025, 3, 20, 10, tzinfo=SHANGHAI)
    world.do(complaint_closed, world.estate_id, at=at, number="TS-202503-0001")
    return orders


def test_the_front_desk_tells_hands_over_and_dispatch_receives(today, at_desk):
    """R-081, R-082, F-12."""
    order = acts.order_in(today, State.ACCEPTED)
    acts.signature_arrives(today, order)
    acts.write_off(today, order, by=LI_NA, at=utcnow(), return_point="front_desk")
    front, dispatch = at_desk(LI_NA), at_desk(CHEN_JING)
    told = front.send("/slips", f"/orders/{order.number}/oral-report")
    assert "已口头告知调度" in front.follow(told)
    page = front.follow(front.send("/slips", "/slips"))
    handover = today.session.scalar(sa.select(SlipHandover))
    assert handover.orders == handover.oral_reports == [order.number]
    assert "等待对方签收" in page
    received = dispatch.send("/slips", f"/slips/{handover.number}/receipt")
    assert "陈静" in dispatch.follow(received)
    assert "前台回单移交单" in dispatch.page(f"/paper/F-12/{handover.period_on}")
    assert "口头告知调度" in front.page(f"/orders/{order.number}")


def test_who_has_nothing_to_do_with_slips_does_not_see_them(at_desk):
    assert at_desk(FENG_XUE).get("/slips").status_code == 200
    for path in ("/slips", "/month-end", "/weekly", "/figures/month"):
        assert at_desk(LUO_BING).get(path).status_code == 403, path


def test_the_month_is_closed_step_by_step_on_its_page(march, world, at_desk):
    head, clerk = at_desk(HE_LI), at_desk(FENG_XUE)
    path = f"/month-end?month={MARCH}"
    assert "/ 7 步已完成" in head.page(path)
    head.follow(head.send(path, f"/month-end/{MARCH}/steps/slips"))
    number = world.session.scalar(sa.select(SlipHandover.number))
    clerk.follow(clerk.send("/slips", f"/slips/{number}/receipt"))
    paper = clerk.page(f"/paper/F-11/{MARCH}")
    for words in ("FW-202503-0047", "客户取消", "开错作废", "何莉", "冯雪"):
        assert words in paper
    head.follow(head.send(path, f"/month-end/{MARCH}/steps/summary"))
    summary = f"/month-end/{MARCH}/summary"
    refused = head.send(summary, summary, then="submit", causes="", measures="")
    assert refused.status_code == 422
    words = {"causes": "配件不齐", "measures": "周一备料", "then": "submit"}
    assert "提交于" in head.follow(head.send(summary, summary, **words))
    general = at_desk(ZHOU_JIANGUO)
    assert "已阅" in general.follow(general.send(summary, f"{summary}/reading"))
    assert "配件不齐" in general.page(f"/paper/F-06/{MARCH}")
    head.follow(head.send(path, f"/month-end/{MARCH}/steps/archive"))
    world.session.rollback()
    states = world.session.execute(
        sa.select(WorkOrder.state, sa.func.count()).group_by(WorkOrder.state)
    )
    assert dict(states.all()) == {"archived": 47, "cancelled": 3, "void": 1}
    assert world.session.scalar(sa.select(MonthlySummary.read_at)) is not None


def test_a_whole_month_goes_through_the_steps_of_its_page(today, world, at_desk):
    """S-18: three orders from their slips to the archive, every button pressed twice."""
    world.now = dt.datetime(2025, 3, 5, 1, 0, tzinfo=dt.UTC)
    orders = [repaired(world, price=LAMP), repaired(world, price=SWITCH)]
    cash = repaired(world, LI_JIANJUN, price=SWITCH)
    for order, method in (*((one, "monthly_notice") for one in orders), (cash, "cash")):
        money.register(world, order, method)
    head, finance, general = at_desk(HE_LI), at_desk(HE_FANG), at_desk(ZHOU_JIANGUO)
    path = f"/month-end?month={MARCH}"

    def happened():
        world.session.rollback()
        return world.session.scalar(sa.select(sa.func.count()).select_from(HistoryRow))

    def twice(desk, code):
        action = f"/month-end/{MARCH}/steps/{code}"
        fields = desk.hidden(desk.page(path), action)
        desk.follow(desk.client.post(action, data=fields))
        before = happened()
        desk.follow(desk.client.post(action, data=fields))
        assert happened() == before, code

    twice(head, "slips")
    clerk = at_desk(FENG_XUE)
    slips = world.session.scalar(sa.select(SlipHandover.number))
    clerk.follow(clerk.send("/slips", f"/slips/{slips}/receipt"))
    world.do(visits_of, [*orders, cash], at=TENTH, by=world.user(YANG_FAN).id, on_site=1)
    early = finance.client.post(
        f"/month-end/{MARCH}/steps/notices",
        data=finance.hidden(finance.page(path), f"/month-end/{MARCH}/steps/finance_report"),
    )
    assert early.status_code == 409
    assert "先做报表" in early.text
    twice(finance, "finance_report")
    report = f"/finance/reports/{world.session.scalar(sa.select(FinanceReport.number))}"
    finance.follow(finance.send(report, f"{report}/submission", note=""))
    general.follow(general.send(report, f"{report}/review", outcome="approved", note=""))
    twice(finance, "notices")
    assert world.session.scalars(sa.select(FeeNotice.total_fen)).all() == [6300]
    twice(head, "summary")
    summary = f"/month-end/{MARCH}/summary"
    words = {"causes": "没有", "measures": "照旧", "then": "submit"}
    head.follow(head.send(summary, summary, **words))
    twice(head, "archive")
    assert "7 / 7 步已完成" in head.page(path)
    states = world.session.scalars(sa.select(WorkOrder.state)).all()
    assert set(states) == {"archived"}


def test_every_figure_of_the_month_leads_to_what_stands_behind_it(march, at_desk, queries):
    desk = at_desk(ZHAO_MIN)
    page = desk.page(f"/figures/month?month={MARCH}")
    assert len(queries) < 40
    for code in MONTHLY:
        assert f'id="f-{code}"' in page
        assert code in desk.page(f"/figures/month/{code}?month={MARCH}")
    dissatisfied = desk.page(f"/figures/month/K-14?month={MARCH}")
    assert f'href="/orders/{march[46].number}"' in dissatisfied
    assert "来得慢" in dissatisfied
    assert 'href="/complaints/TS-202503-0001"' in desk.page(f"/figures/month/K-15?month={MARCH}")
    assert f'href="/finance?month={MARCH}"' in desk.page(f"/figures/month/K-18?month={MARCH}")
    assert desk.get("/figures/month/K-99").status_code == 404
    assert desk.get("/figures/month?month=2999-01").status_code == 422


def test_what_stands_behind_a_figure_leads_to_its_own_page(today, at_desk):
    """Incidents, visits to be put right, and damage, whose amounts are for managers."""
    order = acts.order_in(today, State.IN_PROGRESS)
    at, by = utcnow(), today.by(LUO_BING)
    words = {"category": "engineering", "severity": "normal", "emergency_action": None}
    incident = today.do(
        incidents.report_incident,
        today.settings,
        place="3栋大堂",
        description="水管爆裂",
        found_at=at,
        photos=[],
        **words,
        by=by,
        at=at,
    )
    damage = today.do(
        incidents.report_damage,
        today.settings,
        order,
        kind="damage",
        item="花瓶",
        description="碰碎",
        photos=[],
        by=by,
        at=at,
    )
    today.do(
        open_rectification,
        subject_kind="visit",
        subject="HF-202503-0001",
        round=1,
        text="重装",
        owner_id=today.user(CHEN_JING).id,
        due_on=at.date() - dt.timedelta(days=1),
        due_at=at,
        by=today.by(CHEN_JING),
        at=at,
    )
    manager, assistant = at_desk(ZHAO_MIN), at_desk(YANG_FAN)
    assert f'href="/incidents/{incident.number}"' in manager.page("/figures/month/K-21")
    assert 'href="/return-visits/HF-202503-0001"' in manager.page("/figures/month/K-16")
    assert f'href="/damages/{damage.number}">' in manager.page("/figures/month/K-22")
    on_its_order = f'href="/orders/{order.number}">{damage.number}<'
    assert on_its_order in assistant.page("/figures/month/K-22")
    assert "商定金额 <b>" in manager.page("/figures/month/K-22")
    assert "商定金额 <b>" not in assistant.page("/figures/month/K-22")


def test_the_assistant_writes_and_the_manager_reads(at_desk, world):
    """R-008, F-18."""
    mine, manager = at_desk(YANG_FAN), at_desk(ZHAO_MIN)
    assert "杨帆" in manager.page("/weekly")
    words = {"summary": "回访 12 户", "plan": "补齐 3 栋"}
    refused = mine.send("/weekly", "/weekly", then="submit", summary="回访 12 户", plan="")
    assert refused.status_code == 422
    assert "周报已提交" in mine.follow(mine.send("/weekly", "/weekly", then="submit", **words))
    report = world.session.scalar(sa.select(WeeklyReport))
    manager.follow(manager.send("/weekly", f"/weekly/{report.id}/reading"))
    assert "已阅" in mine.page("/weekly")
    assert "回访 12 户" in manager.page(f"/paper/F-18/{YANG_FAN.username}-{report.week_on}")
    assert (
        at_desk(HE_LI).get(f"/paper/F-18/{YANG_FAN.username}-{report.week_on}").status_code == 403
    )
