"""S-18, its money: 何芳 reports March, 周建国 returns it once and approves, the notices go out."""

import datetime as dt
from collections.abc import Callable

from tests.acceptance.handheld import Handheld
from tests.acceptance.money import LAMP, SWITCH, repaired_and_closed, were_closed_in
from tests.acceptance.people import WANG_LIHUA, ZHOU_MIN, Cast
from tests.acceptance.stack import House

MARCH = dt.date(2025, 3, 1)


def test_the_notice_of_a_household_is_what_its_orders_come_to(
    house: House, staff: Cast, handheld_of: Callable[[str], Handheld]
) -> None:
    liuqiang, hefang, gpm = handheld_of("liuqiang"), staff.hefang, staff.zhouguojian
    lamp = repaired_and_closed(staff, liuqiang, WANG_LIHUA, LAMP)
    switch = repaired_and_closed(staff, liuqiang, WANG_LIHUA, SWITCH)
    in_cash = repaired_and_closed(staff, liuqiang, ZHOU_MIN, LAMP)
    were_closed_in(house, (lamp, switch, in_cash), MARCH)

    draft = hefang.post("/finance-reports/2025-03")
    assert draft["totals"]["differences"][0]["code"] == "unregistered"
    hefang.is_refused("/finance-reports/2025-03/submission", 409, "R-075")
    hefang.is_refused(f"/billing-entries/{lamp}/registration", 422, "R-074")
    monthly = [{"order": number, "payment_method": "monthly_notice"} for number in (lamp, switch)]
    registered = hefang.post("/billing-entries/registrations", items=monthly)["items"]
    assert {one["state"] for one in registered} == {"registered"}
    hefang.post(f"/billing-entries/{in_cash}/registration", payment_method="cash")
    listed = hefang.get("/billing-entries", month="2025-03", payment_method="cash")["items"]
    assert [(one["order"], one["state"]) for one in listed] == [(in_cash, "paid")]

    submitted = hefang.post("/finance-reports/2025-03/submission", note="三月共三张")
    assert submitted["totals"]["charge_fen"] == 9300
    assert submitted["totals"]["by_method"]["monthly_notice"]["charge_fen"] == 6300
    assert submitted["totals"]["differences"] == []
    hefang.is_refused("/finance-reports/2025-03/review", 403, outcome="approved")
    hefang.is_refused("/fee-notices", 409, "R-075", month="2025-03")
    assert "finance_report.submitted" in gpm.open_alerts(submitted["number"])
    returned = gpm.post("/finance-reports/2025-03/review", outcome="returned", note="核对现金单")
    assert (returned["state"], returned["review_note"]) == ("returned", "核对现金单")
    hefang.is_refused("/fee-notices", 409, "R-075", month="2025-03")
    hefang.post("/finance-reports/2025-03/submission", note="已核对")
    approved = gpm.post("/finance-reports/2025-03/review", outcome="approved")
    assert approved["state"] == "approved"

    issued = hefang.post("/fee-notices", month="2025-03")
    assert (issued["notices"], issued["total_fen"]) == (1, 6300)
    assert hefang.post("/fee-notices", month="2025-03") == issued
    (notice,) = staff.yangfan.get("/fee-notices", month="2025-03")["items"]
    assert (notice["unit_code"], notice["total_fen"]) == (WANG_LIHUA[1], 6300)
    assert notice["lines"] == [
        {"order": lamp, "amount_fen": 3000},
        {"order": switch, "amount_fen": 3300},
    ]
    path = f"/fee-notices/{notice['number']}"
    staff.yangfan.post(f"{path}/delivery")
    assert (
        staff.yangfan.post(f"{path}/reminders", channel="phone", note="周五来交")["reminders"] == 1
    )
    staff.yangfan.is_refused(f"{path}/payment", 403, method="cash")
    paid = hefang.post(f"{path}/payment", method="mobile_pay")
    assert (paid["state"], paid["paid_method"]) == ("paid", "mobile_pay")
    assert hefang.get(f"/billing-entries/{lamp}")["state"] == "paid"
    for number in (lamp, switch, in_cash):
        house.assert_history_holds(number)
