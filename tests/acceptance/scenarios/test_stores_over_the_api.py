"""The warehouse's day over the API: received, drawn, used, brought back, counted, and all adds up."""

import secrets
from collections.abc import Callable

from tests.acceptance.desk import in_minutes
from tests.acceptance.handheld import Handheld
from tests.acceptance.people import LIN_FANG, Cast
from tests.acceptance.stack import House


def test_a_fitting_from_the_delivery_to_the_count(
    house: House, staff: Cast, handheld_of: Callable[[str], Handheld]
) -> None:
    zhangwei, store = handheld_of("zhangwei"), staff.qianjin
    code = f"M-{secrets.token_hex(4).upper()}"
    item = f"/stock-items/{code}"
    told = {"code": code, "name": "角阀", "kind": "material", "unit": "只", "minimum_qty": "3"}
    assert store.post("/stock-items", **told)["low"] is True
    assert "stock.low" in store.open_alerts(code)
    assert store.post(f"{item}/receipts", qty="5", note="四月采购")["balance_qty"] == "5.00"
    assert "stock.low" not in store.open_alerts(code)
    staff.chenjing.is_refused(f"{item}/receipts", 403, qty="5")

    asked = staff.chenjing.registers(*LIN_FANG, "角阀漏水", appointment_at=in_minutes(50))
    number = staff.chenjing.issues(asked["number"], "toilet_tank", "L-WC")
    staff.chenjing.dispatches(number, "zhangwei")
    zhangwei.holds(number, state="dispatched")
    zhangwei.does("order.acknowledged", number)
    zhangwei.does("stock.requested", number, lines=[{"item": code, "qty": "3"}])
    (line,) = store.get(f"/orders/{number}/stock-lines")["items"]
    over = f"/stock-lines/{line['number']}"
    store.is_refused(f"{over}/issue", 409, "R-058", qty="4")
    store.post(f"{over}/issue", qty="3")
    assert "stock.low" in store.open_alerts(code)
    assert [one["code"] for one in store.get("/stock-items", low=True, q=code)["items"]] == [code]

    zhangwei.does("stock.used", number, lines=[{"item": code, "qty": "1"}])
    in_hand = store.get("/custody/zhangwei")["in_hand"]
    assert [(one["qty"], one["order"]) for one in in_hand if one["item"] == code] == [
        ("2.00", number)
    ]
    on_handheld = zhangwei.ask("/custody").json()["items"]
    assert [one["qty"] for one in on_handheld if one["item"] == code] == ["2.00"]
    zhangwei.does("stock.handed_back", number, lines=[{"item": code, "qty": "2"}])
    store.post(f"{over}/return", qty="2", condition="完好")
    ledger = store.get("/custody/zhangwei", limit=3)["entries"]
    assert [(one["reason"], one["qty"]) for one in ledger] == [
        ("returned", "-2.00"),
        ("used", "-1.00"),
        ("issued", "3.00"),
    ]

    part = store.post(f"/orders/{number}/old-parts", description="旧角阀", qty="1")
    assert part["handed_in_at"] is None
    assert store.post(f"/old-parts/{part['id']}/hand-in", fate="scrapped")["fate"] == "scrapped"

    store.is_refused("/stock-counts", 422, lines=[{"item": code, "counted": "3"}])
    found = store.post("/stock-counts", lines=[{"item": code, "counted": "3", "reason": "少一只"}])
    assert found["differences"] == 1
    assert "stock.count_differs" in staff.zhaomin.open_alerts(found["number"])
    pages = [store.get(f"{item}/movements", limit=2)]
    pages.append(store.get(f"{item}/movements", limit=2, cursor=pages[0]["next_cursor"]))
    moved = [
        (row["reason"], row["qty"], row["balance_qty"]) for page in pages for row in page["items"]
    ]
    assert moved == [
        ("count", "-1.00", "3.00"),
        ("return", "2.00", "4.00"),
        ("issue", "-3.00", "2.00"),
        ("receipt", "5.00", "5.00"),
    ]
    zhangwei.does("order.cancel_requested", number, by="林芳", reason="改天再修")
    assert staff.lina.post(f"/orders/{number}/write-off", return_point="front_desk")["state"] == (
        "cancelled"
    )
    house.assert_history_holds(number)
