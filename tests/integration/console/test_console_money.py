"""Money on its pages: who sees what, how many questions a page costs, and what leaves as a file."""

import io
import zipfile

import pytest

from server.billing import queries as billing
from tests.cast import CHEN_JING, HE_FANG, LI_JIANJUN, LI_NA, YANG_FAN, ZHAO_MIN, ZHOU_JIANGUO
from tests.factories import money
from tests.factories.money import LAMP, MARCH, SWITCH, repaired

MONTH = "2025-03"
FREE_OF = {"method": "free_of_charge"}


@pytest.fixture
def month(world, web):
    """March: a lamp and a switch by the month, one in cash, one that nobody registered."""
    lamp, switch = repaired(world, price=LAMP), repaired(world, price=SWITCH)
    cash, left = repaired(world, LI_JIANJUN, price=SWITCH), repaired(world, LI_JIANJUN)
    for order, method in ((lamp, "monthly_notice"), (switch, "monthly_notice"), (cash, "cash")):
        money.register(world, order, method)
    money.follow(world, left)
    return lamp, switch, cash, left


def test_each_sees_the_money_that_is_his_business(at_desk, month):
    finance, manager, assistant = at_desk(HE_FANG), at_desk(ZHAO_MIN), at_desk(YANG_FAN)
    for path in ("/finance", "/finance/entries", "/finance/waivers"):
        assert finance.get(path).status_code == manager.get(path).status_code == 200
        assert assistant.get(path).status_code == 403
    for path in ("/finance/notices", "/finance/chase"):
        assert assistant.get(path).status_code == finance.get(path).status_code == 200
        assert at_desk(LI_NA).get(path).status_code == 403
    assert 'name="payment_method"' not in at_desk(CHEN_JING).page(
        f"/orders/{month[0].number}/money"
    )


def test_a_month_shows_its_sums_and_what_is_open(at_desk, month, queries):
    finance = at_desk(HE_FANG)
    queries.clear()
    page = finance.page(f"/finance?month={MONTH}")
    assert len(queries) < 25, "a page of sums asks once, however many orders there are"
    assert "¥63.00" in page, "by the month: 30.00 + 33.00"
    assert "¥96.00" in page, "with the one in cash"
    assert f"/finance/entries?month={MONTH}&amp;state=unbilled" in page
    assert month[3].number in page


def test_ticked_copies_are_registered_and_those_refused_are_told(at_desk, world, month):
    finance = at_desk(HE_FANG)
    path = f"/finance/entries?month={MONTH}"
    lamp, _switch, cash, left = month
    told = finance.send(
        path, "/finance/entries/register", order=[lamp.number, left.number], **FREE_OF
    )
    assert told.status_code == 200
    assert "A-17" in told.text
    assert billing.entry_of(world.session, world.estate_id, left.number).state == "unbilled"
    told = finance.send(
        path, "/finance/entries/register", order=[cash.number, left.number], method=""
    )
    assert told.status_code == 303
    world.session.rollback()
    assert billing.entry_of(world.session, world.estate_id, left.number).state == "registered"
    assert billing.entry_of(world.session, world.estate_id, cash.number).state == "paid"


def test_who_only_reads_the_ledger_is_offered_nothing_to_tick(at_desk, month):
    path = f"/finance/entries?month={MONTH}"
    reader, finance = at_desk(ZHAO_MIN).get(path).text, at_desk(HE_FANG).get(path).text
    assert month[0].number in reader
    assert "data-ticks" not in reader
    assert 'name="order"' not in reader
    assert "data-ticks" in finance
    assert 'name="order"' in finance


def test_the_ledger_leaves_as_a_file_with_the_filter_of_the_page(at_desk, month):
    finance = at_desk(HE_FANG)
    text = finance.get(f"/finance/entries/export.csv?month={MONTH}&method=cash").data.decode(
        "utf-8-sig"
    )
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [month[2].number]
    book = finance.get(f"/finance/entries/export.xlsx?month={MONTH}").data
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(book)).namelist()
    assert finance.get("/finance/notices/export.csv").status_code == 200


def test_a_waiver_is_asked_for_on_the_order_and_decided_in_the_queue(at_desk, world, month):
    number = month[1].number
    assistant, manager = at_desk(YANG_FAN), at_desk(ZHAO_MIN)
    path, action = f"/orders/{number}/money", f"/orders/{number}/waivers"
    refused = assistant.send(path, action, amount_yuan="40.00", reason="重复上门")
    assert refused.status_code == 422
    assert "重复上门" in refused.text, "what was typed stays"
    assert assistant.send(path, action, amount_yuan="3.00", reason="重复上门").status_code == 303
    world.session.rollback()
    ((waiver, *_),), _ = billing.waivers(world.session, world.estate_id, undecided=True, limit=5)
    page = manager.page("/finance/waivers")
    assert "¥3.00" in page
    action = f"/finance/waivers/{waiver.id}"
    assert manager.send("/finance/waivers", action, approved="true").status_code == 303
    world.session.rollback()
    assert billing.entry_of(world.session, world.estate_id, number).charge_fen == 3000
    assert "¥3.00" in manager.page("/finance/waivers?decided=1")


def test_report_and_notice_are_each_on_one_page(at_desk, world, month):
    money.register(world, month[3])
    money.month_end(world)
    report = money.make(world)
    finance, manager = at_desk(HE_FANG), at_desk(ZHOU_JIANGUO)
    path = f"/finance/reports/{report.number}"
    assert finance.send(path, f"{path}/submission", note="三月").status_code == 303
    assert manager.send(path, f"{path}/review", outcome="approved").status_code == 303
    assert finance.send(path, f"{path}/notices").status_code == 303
    world.session.rollback()
    notices = {
        one.total_fen: one
        for one in billing.notices_of_month(world.session, world.estate_id, MARCH)
    }
    assert set(notices) == {6300, 3000}
    page = finance.page(f"/finance/notices/{notices[6300].number}")
    assert month[0].number in page
    assert f"/paper/F-09/{notices[6300].number}" in page
    chased = at_desk(YANG_FAN).page("/finance/chase")
    assert "tel:13900000001" in chased
