"""Assets at the desk: at intake, on the order, on their own page; classes, plans, proposals."""

import dataclasses
import datetime as dt
import io
import re

import pytest
import sqlalchemy as sa

from server import reactions
from server.assets.models import Asset, ReplacementProposal, WarrantyClass
from server.assets.replacing import Why
from server.db import session, transaction, utcnow
from server.deadlines import timers
from server.preventive.models import PreventivePlan, PreventiveRun
from server.requests.models import ServiceRequest
from server.work_orders.models import WorkOrder
from server.work_orders.states import State
from server.worker import exhaust
from tests.cast import CHEN_JING, HE_LI, LIN_FANG, LIU_QIANG, WANG_LIHUA, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import acts, handed_over
from tests.factories.acts import order_in
from tests.factories.assets import appliance, link
from tests.integration.console.calls import NEW, all_of, call


def a_year_ago(days=0):
    return utcnow().date() - dt.timedelta(days=365 + days)


@pytest.fixture
def asset(today):
    return appliance(
        today,
        customer=WANG_LIHUA,
        kind="household_other",
        brand="格力",
        first_use_on=utcnow().date() - dt.timedelta(days=30),
    )


def test_an_asset_found_at_intake_makes_its_order_free(at_desk, today, asset):
    desk = at_desk(CHEN_JING)
    beside = desk.get(f"{NEW}/unit?unit_code={WANG_LIHUA.unit_code}").text
    assert asset.label in beside
    assert "✓" in beside
    assert "保修内,至" in beside
    form = call(asset=asset.label, category="household_other", then="issue", once="1")
    page = desk.follow(desk.send(NEW, NEW, **form))
    (order,) = all_of(WorkOrder)
    assert order.number in page
    assert (order.asset_id, order.warranty_code) == (asset.id, "in_warranty")
    page = desk.page(f"/orders/{order.number}")
    assert f'/assets/{asset.id}"' in page
    assert "保修期内" in page
    refused = desk.send(NEW, NEW, **call(asset="GIBT-ES-NICHT", once="2"))
    assert refused.status_code == 422
    assert len(all_of(ServiceRequest)) == 1


def test_the_desk_registers_finds_and_puts_right_an_asset(at_desk, today):
    desk = at_desk(CHEN_JING)
    assert "没有符合条件的设备" in desk.page("/assets")
    form = {"kind": "air_conditioner", "unit_code": "1-2-0905", "first_use_on": a_year_ago(60)}
    page = desk.follow(desk.send("/assets", "/assets/new", **form))
    (made,) = all_of(Asset)
    assert made.provisional
    assert "保修已过期" in page
    assert "<svg" in page
    path = f"/assets/{made.id}"
    edit = {"label": "AC-1", "first_use_on": utcnow().date().isoformat(), "serial": "S9"}
    assert "AC-1" in desk.follow(desk.send(path, path, **edit))
    assert made.label != "AC-1"
    assert "AC-1" in desk.page("/assets?q=S9&unit=1-2-0905&kind=air_conditioner")
    desk.follow(desk.send(path, f"{path}/retire", reason="拆除"))
    assert "AC-1" not in desk.page("/assets")
    assert "AC-1" in desk.page("/assets?retired=1")


def chosen(content, name="接线图.pdf"):
    """A file as a browser sends it."""
    return (io.BytesIO(content), name)


def test_a_document_is_chosen_listed_with_its_size_and_fetched_from_the_page(at_desk, asset):
    desk, path = at_desk(CHEN_JING), f"/assets/{asset.id}"
    assert "SHA-256" not in desk.page(path), "nobody types a hash"
    first, second = handed_over.pdf("a" * 5000), handed_over.pdf("second")
    desk.follow(desk.send(path, f"{path}/documents", file=chosen(first)))
    page = desk.follow(desk.send(path, f"{path}/documents", name="接线图", file=chosen(second)))
    lines = re.findall(r'<a href="([^"]+)" download>接线图 · 第 (\d) 版</a> · (.*?)</li>', page)
    assert [number for _address, number, _rest in lines] == ["2", "1"], "the newest first"
    assert "PDF 5 KB" in lines[1][2]
    assert re.search(r"\d+月\d+日 \d\d:\d\d", lines[0][2])
    reader = at_desk(ZHOU_JIANGUO)
    with reader.get(lines[1][0]) as answer:
        assert answer.data == first
    assert f'action="{path}/documents"' not in reader.page(path)


def test_a_form_that_is_sent_again_does_not_bring_back_an_old_revision(at_desk, asset, fresh):
    desk, path = at_desk(CHEN_JING), f"/assets/{asset.id}"
    first, second = handed_over.pdf("first"), handed_over.pdf("second")
    form = desk.hidden(desk.page(path), f"{path}/documents")

    def send(content):
        desk.follow(desk.client.post(f"{path}/documents", data={**form, "file": chosen(content)}))

    for content in (first, first, second, first):
        send(content)
    assert [one["revision"] for one in fresh(asset).documents] == [1, 2]


def test_a_file_that_cannot_be_taken_is_refused_on_the_page_and_lists_nothing(
    web, at_desk, asset, fresh, settled
):
    desk, path = at_desk(CHEN_JING), f"/assets/{asset.id}"
    web.extensions["paigong.settings"] = dataclasses.replace(settled, document_max_bytes=9000)
    assert "最大 9 KB" in desk.page(path)
    for content, status, told in (
        (b"MZ\x90", 422, "按内容看"),
        (handed_over.pdf("x" * 9000), 413, "文件太大,最大 9 KB"),
        (handed_over.pdf("x" * 100_000), 413, "文件太大,最大 9 KB"),
    ):
        refused = desk.send(path, f"{path}/documents", name="竣工图", file=chosen(content))
        assert (refused.status_code, told in refused.text) == (status, True), refused.text
    assert desk.send(path, f"{path}/documents", name="竣工图").status_code == 422
    assert fresh(asset).documents == []


def test_a_document_known_by_its_hash_alone_says_that_its_file_is_not_here(
    at_desk, asset, today, fresh
):
    listed = {"name": "旧说明书", "revision": 1, "sha256": "ab" * 32}
    with transaction() as current:
        row = current.get(Asset, asset.id)
        row.documents = [{**listed, "added_at": utcnow().isoformat()}]
    page = at_desk(CHEN_JING).page(f"/assets/{asset.id}")
    assert "旧说明书 · 第 1 版" in page
    assert "文件不在本系统" in page
    assert "download" not in page


def test_operators_are_trained_on_the_page_of_an_asset_and_a_change_makes_it_due(at_desk, asset):
    desk, path = at_desk(CHEN_JING), f"/assets/{asset.id}"
    assert "还没有培训记录" in desk.page(path)
    form = {
        "trained_on": a_year_ago().isoformat(),
        "subject": "热水器操作与保养",
        "trainer": LIU_QIANG.username,
        "operators": "李工、张工\n王 工\n",
        "signed_by": "业委会陈主任",
    }
    refused = desk.send(path, f"{path}/trainings", **{**form, "operators": " "})
    assert refused.status_code == 422
    assert "热水器操作与保养" in refused.text, "what was typed is still there"
    page = desk.follow(desk.send(path, f"{path}/trainings", **form))
    assert "人员变动:王 工" in page
    assert asset.label not in desk.page("/assets?retraining=1")
    left = {"name": "张工", "left_on": utcnow().date().isoformat(), "reason": "退休"}
    page = desk.follow(desk.send(path, f"{path}/departures", **left))
    assert "培训到期" in page
    assert "退休" in page
    assert "人员变动:张工" not in page
    assert asset.label in desk.page("/assets?retraining=1")
    page = at_desk(ZHOU_JIANGUO).page(path)
    assert f'action="{path}/trainings"' not in page


def test_what_was_found_on_site_is_ruled_by_the_manager_and_not_by_the_desk(at_desk, today, asset):
    order = order_in(today, State.ON_SITE)
    desk, manager = at_desk(CHEN_JING), at_desk(ZHAO_MIN)
    path = f"/orders/{order.number}"
    desk.follow(desk.send(path, f"{path}/asset", asset=asset.label))
    ruling = {"finding": "misuse", "reason": "外壳有撞痕"}
    page = desk.page(path)
    assert f'action="{path}/warranty"' not in page
    page = manager.follow(manager.send(path, f"{path}/warranty", **ruling))
    assert "使用不当" in page
    assert "外壳有撞痕" in page
    session().rollback()
    session().expire_all()
    assert session().get(WorkOrder, order.id).warranty_code == "misuse"


def test_classes_are_adopted_and_changed_by_a_manager(at_desk, today):
    manager, path = at_desk(ZHAO_MIN), "/warranty-classes"
    manager.follow(manager.send(path, f"{path}/usual"))
    assert len(all_of(WarrantyClass)) == 6
    form = {"code": "set", "name_zh": "整机", "name_en": "Set", "months_from_use": "24"}
    manager.follow(manager.send(path, path, **form, basis="earliest"))
    (changed,) = [one for one in all_of(WarrantyClass) if one.code == "set"]
    assert (changed.months_from_use, changed.basis) == (24, "earliest")
    nothing = manager.send(path, path, code="none", name_zh="空", name_en="None", basis="either")
    assert nothing.status_code == 422
    assert 'action="/warranty-classes"' not in at_desk(CHEN_JING).page(path)


def test_a_second_manager_does_not_overwrite_a_class_that_he_has_not_seen(at_desk, today):
    manager, other, path = at_desk(ZHAO_MIN), at_desk(ZHOU_JIANGUO), "/warranty-classes"
    manager.follow(manager.send(path, f"{path}/usual"))
    old = other.hidden(other.page(path), path)
    form = {"code": "set", "name_zh": "整机", "name_en": "Set", "basis": "earliest"}
    manager.follow(manager.send(path, path, **form, months_from_use="24"))
    late = other.client.post(path, data={**old, **form, "months_from_use": "36"})
    assert (late.status_code, "别人已作更改" in late.text) == (412, True)
    assert 'value="36"' in late.text
    (kept,) = [one for one in all_of(WarrantyClass) if one.code == "set"]
    assert kept.months_from_use == 24
    again = {**other.hidden(late.text, path), **form, "months_from_use": "36"}
    other.follow(other.client.post(path, data=again))


def test_a_proposal_waits_on_its_page_until_it_is_decided(at_desk, today, asset):
    order = order_in(today, State.AWAITING_ACCEPTANCE)
    link(today, order, asset)
    for act in (acts.reject, acts.ready, acts.reject):
        act(today, order)
    exhaust(lambda: reactions.run_once(today.settings, utcnow()))
    (row,) = all_of(ReplacementProposal)
    assert row.reason == Why.REPEAT_REPAIR
    manager, path = at_desk(ZHAO_MIN), "/replacement-proposals"
    page = manager.page(path)
    assert order.number in page
    assert asset.label in page
    manager.follow(manager.send(path, f"{path}/{row.id}", decision="refund", text="同意退款"))
    assert order.number not in manager.page(path)
    assert "同意退款" in manager.page(f"/assets/{asset.id}")


def test_a_plan_is_made_from_its_asset_falls_due_and_the_call_is_noted(at_desk, today, asset):
    today.register(customer=WANG_LIHUA)
    desk, path = at_desk(HE_LI), "/preventive-plans"
    form_page = f"{path}?asset={asset.label}"
    person = session().scalars(sa.select(ServiceRequest)).one().person_id
    form = {"kind": "call_back", "content": "问问用得怎么样", "person": str(person)}
    day = utcnow().date() + dt.timedelta(days=1)
    page = desk.follow(desk.send(form_page, path, **form, starts_on=day.isoformat()))
    assert "问问用得怎么样" in page
    (plan,) = all_of(PreventivePlan)
    moment = utcnow() + dt.timedelta(days=2)
    exhaust(lambda: timers.run_once(moment), lambda: reactions.run_once(today.settings, moment))
    (run,) = all_of(PreventiveRun)
    assert run.plan_id == plan.id
    alerts = desk.page("/alerts")
    assert 'href="/preventive-plans">保养计划</a>' in alerts
    assert f"</a> {run.id}" not in alerts
    page = desk.follow(desk.send(path, f"/preventive-runs/{run.id}", note="很好"))
    assert f"/preventive-runs/{run.id}" not in page
    desk.follow(desk.send(path, f"{path}/{plan.id}/pause"))
    assert "问问用得怎么样" in desk.page(f"{path}?paused=1")
    assert LIN_FANG.name not in page
