"""Forms over HTTP: on screen, as files, in both languages, for whoever may; and checking a paper."""

import io
import re

import pypdf

from server.db import transaction
from server.paper.catalogue import FORMS
from server.work_orders.models import WorkOrder
from server.work_orders.states import State
from tests.cast import CHEN_JING, HE_FANG, LIU_QIANG, QIAN_JIN, SUN_QIAN, ZHAO_MIN
from tests.factories import acts, complaints


def text_of(answer):
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages]


def test_the_order_is_printed_in_three_copies_with_their_labels(at_desk, today):
    order = acts.order_in(today, State.CLOSED)
    desk = at_desk(CHEN_JING)
    page = desk.page(f"/paper/F-02/{order.number}")
    for label in ("第一联:业主", "第二联:客服中心存档", "第三联:财务"):
        assert label in page
    assert "¥15.00" in page
    for language, words in (("zh", ("业主", "存档", "财务")), ("en", ("owner", "file", "finance"))):
        pages = text_of(desk.get(f"/paper/F-02/{order.number}.pdf?lang={language}"))
        for copy, word in enumerate(words, 1):
            mine = "".join(page for page in pages if f"{order.number}/{copy}" in page)
            assert word in mine
            assert "¥15.00" in mine
            assert order.unit.code in mine
    assert desk.get(f"/paper/F-02/{order.number}.csv").status_code == 200
    assert desk.get("/paper/F-02/FW-200001-0001").status_code == 404
    assert desk.get("/paper/F-99/1").status_code == 404


def test_whoever_scans_the_paper_learns_whether_the_charge_still_holds(at_desk, today, visitor):
    order = acts.order_in(today, State.CLOSED)
    page = at_desk(CHEN_JING).page(f"/paper/F-02/{order.number}")
    address = re.search(r'href="https?://[^/]+(/v/[^"]+)"', page).group(1)
    told = visitor.page(address)
    assert "与系统一致" in told
    assert order.person.name not in told
    assert order.unit.code not in told
    with transaction() as current:
        current.get(WorkOrder, order.id).charge_fen = 100
    assert "费用有变" in visitor.page(address)
    assert "has changed" in visitor.page(f"{address}?lang=en")
    # Not the last sign: some of its bits say nothing.
    forged = f"{address[:-6]}{'A' if address[-6] != 'A' else 'B'}{address[-5:]}"
    assert visitor.get(forged).status_code == 404


def test_a_form_is_for_whoever_the_matrix_admits(at_desk, today):
    order = acts.order_in(today, State.CLOSED)
    reads = {
        "F-02": (CHEN_JING, HE_FANG, SUN_QIAN),
        "F-17": (SUN_QIAN,),
    }
    for code, readers in reads.items():
        for staff in (CHEN_JING, HE_FANG, SUN_QIAN, QIAN_JIN, LIU_QIANG):
            asked = at_desk(staff).get(f"/paper/{code}/{order.number}")
            allowed = staff in readers or (code == "F-02" and staff is QIAN_JIN)
            assert asked.status_code == (200 if allowed else 403), (code, staff.username)


def test_the_index_leads_to_every_form_that_one_may_see(at_desk, today):
    order = today.issued()
    desk = at_desk(SUN_QIAN)
    page = desk.page("/paper")
    assert all(code in page for code in FORMS if code in {"F-01", "F-02", "F-17", "F-22"})
    answer = desk.get(f"/paper?form=F-02&key={order.number}")
    assert answer.headers["Location"].endswith(f"/paper/F-02/{order.number}")


def test_each_form_is_there_on_screen_and_as_a_file(at_desk, this_day):
    order = acts.order_in(this_day, State.CLOSED)
    day = order.dispatched_at.astimezone(this_day.settings.zone)
    desk = at_desk(CHEN_JING)
    desk.send("/handovers", "/handovers", note="王女士等回电")
    handed_over = re.search(r"YJ-\d{6}-\d{4}", desk.page("/handovers")).group(0)
    reader = at_desk(SUN_QIAN)
    for code, key, words in (
        ("F-01", f"{day:%Y-%m}", order.number),
        ("F-17", order.number, order.number),
        ("F-21", handed_over, "王女士等回电"),
        ("F-22", f"{LIU_QIANG.username}-{day:%Y-%m-%d}", order.number),
    ):
        assert words in reader.page(f"/paper/{code}/{key}")
        told = "".join(text_of(reader.get(f"/paper/{code}/{key}.pdf")))
        assert words in told.replace("\n", "")
        assert reader.get(f"/paper/{code}/{key}.xlsx").mimetype.endswith("sheet")


def test_every_deadline_of_an_order_is_counted_again(at_desk, today):
    order = acts.order_in(today, State.CLOSED)
    page = at_desk(ZHAO_MIN).page(f"/deadlines/{order.number}")
    for words in ("回复客户", "接单", "时限", "按时"):
        assert words in page
    assert at_desk(LIU_QIANG).get(f"/deadlines/{order.number}").status_code == 403


def test_every_deadline_of_a_complaint_is_counted_again(at_desk, today):
    complaint = complaints.verified(today, complaints.judged(today, complaints.recorded(today)))
    desk = at_desk(ZHAO_MIN)
    for number, page in (
        (complaint.number, "complaints"),
        (complaints.visit_of(complaint).number, "return-visits"),
    ):
        assert f'href="/deadlines/{number}"' in desk.page(f"/{page}/{number}")
        told = desk.page(f"/deadlines/{number}")
        assert "投诉回访" in told
        assert f'href="/{page}/{number}"' in told
    assert "告知投诉人" in desk.page(f"/deadlines/{complaint.number}")
