"""What the words of the warehouse are called: movements, a person's ledger, old parts."""

from __future__ import annotations

from server.console.wording import marked

THING = {
    "material": marked("材料"),
    "tool": marked("工具"),
    "old_part": marked("旧件"),
}
MOVED = {
    "opening": marked("期初"),
    "receipt": marked("入库"),
    "issue": marked("领出"),
    "return": marked("退库"),
    "count": marked("盘点更正"),
    "scrap": marked("报废"),
}
HELD = {
    "issued": marked("领到"),
    "used": marked("用掉"),
    "returned": marked("退还"),
    "lost": marked("遗失"),
    "taken_out": marked("拆下带回"),
    "handed_in": marked("交回"),
}
FATE = {
    "scrapped": marked("报废处理"),
    "kept": marked("留存备查"),
    "left_with_owner": marked("留给业主"),
}
TABLES = {"thing": THING, "moved": MOVED, "held": HELD, "fate": FATE}
