"""Lists as files: whole, by the filter of their page, and nothing that the page does not show."""

import csv
import io

import pytest

from server.incidents import operations as incidents
from server.public_notices import operations as notices
from server.return_visits import operations as visits
from server.search import index
from server.work_orders.states import State
from tests.cast import (
    CHEN_JING,
    FENG_XUE,
    HE_FANG,
    HE_LI,
    LI_NA,
    LIU_QIANG,
    LUO_BING,
    QIAN_JIN,
    SUN_QIAN,
    YANG_FAN,
    ZHANG_WEI,
    ZHAO_MIN,
)
from tests.factories import acts, registers
from tests.factories.assets import appliance
from tests.factories.complaints import judged, recorded


@pytest.fixture(autouse=True)
def by_twos(monkeypatch):
    """Three rows are two chunks."""
    monkeypatch.setattr("server.console.exports.CHUNK", 2)


def rows_of(answer):
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf"), "Excel takes it for UTF-8"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def exported(desk, path, query=""):
    """What the file of a list tells; the page itself leads to it, in both forms."""
    page = desk.page(f"{path}?{query}" if query else path)
    for form in ("csv", "xlsx"):
        assert f'href="{path}/export.{form}' in page
    workbook = desk.get(f"{path}/export.xlsx?{query}")
    assert (workbook.status_code, workbook.data[:2]) == (200, b"PK")
    assert desk.get(f"{path}/export.pdf").status_code == 404
    return rows_of(desk.get(f"{path}/export.csv?{query}"))


def test_a_file_of_complaints_has_what_the_filter_asks_for_and_runs_nothing(at_desk, today):
    calls = [recorded(today).number for _ in range(3)]
    recorded(today, content="=1+1", channel="letter")
    desk = at_desk(CHEN_JING)
    rows = exported(desk, "/complaints", "state=all&channel=phone")
    assert [row["投诉"] for row in rows] == calls[::-1]
    assert {row["渠道"] for row in rows} == {"电话投诉"}
    [letter] = exported(desk, "/complaints", "channel=letter")
    assert letter["内容"] == "'=1+1", "no spreadsheet runs what somebody wrote"
    assert rows_of(desk.get("/complaints/export.csv?unit=99栋1单元0101")) == []
    assert desk.get("/complaints/export.csv?state=lost").status_code == 422


def test_whoever_deals_with_a_complaint_exports_his_own_alone(at_desk, today):
    recorded(today)
    mine = judged(today, recorded(today), handler=today.user(LIU_QIANG))
    rows = rows_of(at_desk(LIU_QIANG).get("/complaints/export.csv?state=all"))
    assert [(row["投诉"], row["处理人"]) for row in rows] == [(mine.number, LIU_QIANG.name)]
    assert rows_of(at_desk(ZHANG_WEI).get("/complaints/export.csv?state=all")) == []
    assert at_desk(FENG_XUE).get("/complaints/export.csv").status_code == 403
    assert at_desk(LIU_QIANG).get("/complaint-clusters/export.csv").status_code == 403


def found(world, who, **facts):
    told = {"place": "3栋大堂", "category": "engineering", "severity": "normal", **facts}
    return world.do(
        incidents.report_incident,
        world.settings,
        description="水管爆裂",
        emergency_action=None,
        found_at=world.later(),
        photos=[],
        **told,
        by=world.by(who),
        at=world.now,
    )


def test_a_file_of_incidents_shows_the_finder_what_he_found(at_desk, today):
    numbers = [found(today, LUO_BING, severity="major").number for _ in range(3)]
    mine = found(today, QIAN_JIN).number
    rows = exported(at_desk(ZHAO_MIN), "/incidents", "severity=major")
    assert [row["编号"] for row in rows] == numbers[::-1]
    assert {row["发现人"] for row in rows} == {LUO_BING.name}
    assert [row["编号"] for row in exported(at_desk(QIAN_JIN), "/incidents")] == [mine]


def test_a_file_of_the_reviewers_queue_and_of_return_visits(at_desk, today):
    orders = [acts.order_in(today, State.AWAITING_ACCEPTANCE).number for _ in range(3)]
    rows = exported(at_desk(SUN_QIAN), "/quality", "tab=waiting")
    assert {row["工单"] for row in rows} == set(orders)
    assert at_desk(CHEN_JING).get("/quality/export.csv").status_code == 403
    closed = acts.order_in(today, State.CLOSED)
    desk = today.by(CHEN_JING)
    today.do(visits.open_visit, today.settings, closed, by=desk, at=today.later())
    [row] = exported(at_desk(HE_LI), "/return-visits", "tab=all")
    assert (row["来自"], row["房号"]) == (closed.number, closed.unit.code)
    assert at_desk(QIAN_JIN).get("/return-visits/export.csv").status_code == 403


def test_files_of_assets_and_of_the_warehouse(at_desk, today):
    labels = [appliance(today, label=f"AC-{place}").label for place in range(3)]
    desk = at_desk(CHEN_JING)
    rows = exported(desk, "/assets", "kind=air_conditioner")
    assert {row["标签"] for row in rows} == set(labels)
    assert rows_of(desk.get("/assets/export.csv?kind=lamp")) == []
    keeper = at_desk(QIAN_JIN)
    rows = exported(keeper, "/stores/items", "kind=tool")
    assert [row["代码"] for row in rows] == sorted(row["代码"] for row in rows)
    assert ("T-MEGGER", "2") in [(row["代码"], row["现有"].removesuffix(".0")) for row in rows]


def test_a_file_of_notices_has_drafts_only_for_those_who_work_on_them(at_desk, today):
    for title in ("停水", "停电", "消杀"):
        today.do(
            notices.draft_notice,
            today.settings,
            kind="other",
            title=title,
            text="今晚",
            by=today.by(YANG_FAN),
            at=today.later(),
        )
    rows = exported(at_desk(YANG_FAN), "/public-notices")
    assert [row["标题"] for row in rows] == ["消杀", "停电", "停水"]
    assert rows_of(at_desk(LIU_QIANG).get("/public-notices/export.csv")) == []


@pytest.mark.parametrize(
    ("path", "who", "stranger", "kind", "heading"),
    [
        ("/damages", HE_FANG, LI_NA, index.DAMAGE, "编号"),
        ("/escalations", ZHAO_MIN, FENG_XUE, index.ESCALATION, "编号"),
        ("/complaint-clusters", CHEN_JING, FENG_XUE, index.CLUSTER, "编号"),
        ("/declines", CHEN_JING, QIAN_JIN, None, "登记号"),
        ("/capacity-applications", CHEN_JING, FENG_XUE, None, "工单"),
        ("/preventive-plans", HE_LI, LIU_QIANG, None, "计划"),
    ],
)
def test_every_further_list_has_a_file_for_those_who_read_the_page(
    at_desk, today, path, who, stranger, kind, heading
):
    known = registers.one_of_each(today) if kind else {}
    told = [row[heading] for row in exported(at_desk(who), path)]
    assert told == ([known[kind][0]] if kind else [])
    assert at_desk(stranger).get(f"{path}/export.csv").status_code == 403


def test_a_file_of_alerts_has_ones_own_also_beyond_the_page(at_desk, today):
    numbers = [found(today, LUO_BING).number for _ in range(5)]
    rows = exported(at_desk(CHEN_JING), "/alerts")
    assert [row["编号"] for row in rows] == numbers[::-1]
    assert {(row["提醒"], row["地点"]) for row in rows} == {("公共区域事件", "3栋大堂")}
    assert rows_of(at_desk(LIU_QIANG).get("/alerts/export.csv")) == []
