"""What follows from a price list that begins: who was declined an item of it is to hear (R-032)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from server.errors import NotFound
from server.history import Actor
from server.prices import queries as prices
from server.prices import versions
from server.prices.models import PriceItem
from server.public_notices.models import PublicNotice
from server.public_notices.operations import Recipient, draft_notice
from server.requests import announcing
from server.requests.models import ServiceRequest
from server.settings import Settings


def announce_list(
    session: Session, settings: Settings, version: str, *, by: Actor, at: dt.datetime
) -> list[PublicNotice]:
    """SR10: a notice draft for every new item that somebody was declined, with who waits for it.

    A second time it finds nobody who still waits, and does nothing.
    """
    try:
        row = prices.find(session, version, by=by)
    except NotFound:
        return []
    if row.state != "published":
        return []
    wishes = announcing.open_wishes(session, by.estate_id)
    found = []
    for item in prices.new_on(session, row):
        asked = [wish for wish in wishes if versions.asked_for(wish, item.compared)]
        if asked:
            found.append(_announce(session, settings, item, asked, by=by, at=at))
    return found


def _announce(
    session: Session,
    settings: Settings,
    item: PriceItem,
    wishes: list[str],
    *,
    by: Actor,
    at: dt.datetime,
) -> PublicNotice:
    waiting = [
        request
        for wish in wishes
        for request in announcing.waiting_for(session, by.estate_id, wish)
    ]
    notice = draft_notice(
        session,
        settings,
        kind="new_service",
        title=f"新服务开通:{item.name_zh}",
        text=_text(item),
        price_item=item,
        recipients=[_recipient(request) for request in waiting],
        by=by,
        at=at,
    )
    for wish in wishes:
        announcing.announce_item(session, demand_item=wish, notice=notice.number, by=by, at=at)
    return notice


def _recipient(request: ServiceRequest) -> Recipient:
    return (request.unit_id, request.person_id, request.id)


def _text(item: PriceItem) -> str:
    """To residents, so in Chinese; whoever publishes it rewrites what does not fit."""
    yuan = f"{item.price_fen // 100}.{item.price_fen % 100:02d}"
    return (
        f"尊敬的业主:自{item.valid_from:%Y年%m月%d日}起,我们新开通服务“{item.name_zh}”,"
        f"收费标准为每{item.unit}{yuan}元。需要的业主请与客户服务中心联系。"
    )
