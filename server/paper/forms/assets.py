"""F-23, the warranty check: the asset, where its periods begin, what was found, the code (X-001)."""

from __future__ import annotations

import uuid

from server.accounts.operations import system_actor
from server.accounts.queries import names_of
from server.assets import checks, queries
from server.assets import operations as assets
from server.assets.models import Asset, WarrantyCheck
from server.assets.queries import Row
from server.assets.warranty import Case, Code, Entitlement, Ground
from server.errors import NotFound
from server.estate.models import Estate
from server.paper.document import Column, Document, Facts, Signed, Table, Value, Words
from server.paper.register import Asked, Form
from server.work_orders import queries as orders

TITLE = Words("保修核对单", "Warranty check")
_GROUND = {
    Ground.FIRST_USE: Words("启用日期", "First use"),
    Ground.FACTORY: Words("出厂日期", "Factory date"),
    Ground.ACCEPTANCE: Words("验收日期", "Acceptance"),
}
_CODE = {
    Code.PAID: Words("收费", "Paid"),
    Code.IN_WARRANTY: Words("保修期内,免费", "In warranty, free"),
    Code.MISUSE: Words("使用不当,收费", "Misuse, paid"),
    Code.EXPIRED: Words("已过保修期,收费", "Expired, paid"),
    Code.ALTERED: Words("改动过,收费", "Altered, paid"),
    Code.GOODWILL: Words("优惠免费", "Goodwill, free"),
}
_FINDING = {
    Case.MISUSE: Words("使用不当", "Misuse"),
    Case.ALTERED: Words("改动过", "Altered"),
    Case.UNUSED_RETURN: Words("未使用,退换", "Unused, returned"),
    Case.TRANSPORT_DAMAGE: Words("运输损坏", "Transport damage"),
    Case.WRONG_DELIVERY: Words("发错货", "Wrong delivery"),
    Case.CONFIRMED: Words("服务人员确认", "Confirmed by service"),
}


def make(asked: Asked, key: str) -> list[Document]:
    """Of an order: the answer that is applied to it; of an asset's id: the answer for today.

    Raises NotFound where there is neither.
    """
    try:
        asset_id = uuid.UUID(key)
    except ValueError:
        return [_of_order(asked, key)]
    asset = assets.find(asked.session, asset_id, by=system_actor(asked.estate_id))
    today = asked.now.astimezone(asked.settings.zone).date()
    row = queries.one(asked.session, asset.id)
    found = checks.ask(asked.settings, asset, row.warranty_class, today)
    return [_document(asked, row, found, number=asset.label, check=None)]


def _of_order(asked: Asked, number: str) -> Document:
    order = orders.get_order(asked.session, asked.estate_id, number)
    check = checks.last_of_order(asked.session, asked.estate_id, number)
    asset = asked.session.get(Asset, check.asset_id) if check else None
    if check is None or asset is None:
        raise NotFound(
            "no-warranty-check",
            f"工单 {number} 没有保修核对。",
            f"No warranty was checked for order {number}.",
        )
    row = queries.one(asked.session, asset.id)
    case = Case(check.finding) if check.finding else None
    found = checks.ask(asked.settings, asset, row.warranty_class, check.asked_on, case=case)
    return _document(asked, row, found, number=order.number, check=check)


def _document(
    asked: Asked, row: Row, found: Entitlement, *, number: str, check: WarrantyCheck | None
) -> Document:
    asset = row.asset
    confirmed_by = check.confirmed_by if check else None
    names = names_of(asked.session, {confirmed_by} if confirmed_by else set())
    # What was answered then stays on the paper, whatever is known of the asset now.
    code = Code(check.code) if check else found.code
    until_on = check.until_on if check else found.until_on
    estate = asked.session.get_one(Estate, asked.estate_id)
    return Document(
        form="F-23",
        title=TITLE,
        number=number,
        estate=estate.name,
        blocks=(
            Facts(title=Words("设备", "Asset"), rows=_asset_rows(row)),
            Facts(
                title=Words("核对结果", "Result"),
                rows=(
                    (Words("工单", "Order"), check.order_number if check else None),
                    (Words("报修日", "Day of the report"), found.asked_on),
                    (Words("启用日期", "First use (start)"), asset.first_use_on),
                    (Words("出厂日期", "Factory date"), asset.factory_on),
                    (Words("验收日期", "Acceptance"), asset.accepted_on),
                    (Words("保修至", "Warranty until"), until_on),
                    (
                        Words("是否免费", "Free of charge"),
                        check.covered if check else found.covered,
                    ),
                    (Words("结果", "Result"), _CODE[code]),
                    (Words("代码", "Code"), code.value),
                    (
                        Words("现场认定", "Found on site"),
                        _FINDING[found.case] if found.case else None,
                    ),
                    (Words("依据", "Grounds"), check.reason if check else None),
                    (Words("核对时间", "Checked at"), check.checked_at if check else asked.now),
                ),
            ),
            Table(
                title=Words("保修期", "Periods"),
                columns=(
                    Column(title=Words("起算", "Counted from"), share=2),
                    Column(title=Words("自", "From")),
                    Column(title=Words("月数", "Months"), right=True),
                    Column(title=Words("至(含)", "Until, inclusive")),
                ),
                rows=tuple(
                    (_GROUND[one.ground], one.from_on, one.months, one.until_on)
                    for one in found.periods
                ),
            ),
            Signed(
                title=Words("到场技工确认", "Confirmed by the technician on site"),
                name=names.get(confirmed_by) if confirmed_by else None,
                at=check.checked_at if check and confirmed_by else None,
            ),
        ),
        made_at=asked.now,
    )


def _asset_rows(row: Row) -> tuple[tuple[Words, Value], ...]:
    asset, known = row.asset, row.warranty_class
    return (
        (Words("标签", "Label"), asset.label),
        (Words("房号", "Unit"), row.unit_code),
        (Words("位置", "Place"), asset.place),
        (Words("品牌", "Brand"), asset.brand),
        (Words("型号", "Model"), asset.model),
        (Words("序列号", "Serial number"), asset.serial),
        (
            Words("保修类别", "Warranty class"),
            Words(known.name_zh, known.name_en) if known else Words("一般规定", "General rule"),
        ),
    )


FORMS: tuple[Form, ...] = (
    Form(
        code="F-23",
        title=TITLE,
        permission="asset.manage",
        key=Words("工单号或设备编号", "The number of an order, or the id of an asset"),
        make=make,
    ),
)
