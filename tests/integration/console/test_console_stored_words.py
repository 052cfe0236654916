"""What the house wrote down itself is read in the reader's language, and in that one only."""

import re

import pytest

from server.alerts.models import Alert
from server.db import transaction, utcnow
from server.work_orders.undoing import REASON
from tests.cast import CHEN_JING, ZHANG_WEI
from tests.factories import acts


def speaking(desk, language):
    desk.send("/account", "/language", language=language, next="/account")
    return desk


def told(page, mark):
    """The pieces of a page that begin with a mark, without their moments."""
    plain = re.sub(r"<time.*?</time>", "", page, flags=re.DOTALL)
    return [" ".join(one.split()) for one in re.findall(rf"{mark}([^<]*)", plain)]


def resolved(today, order, how):
    """An alert about an order that was resolved so."""
    with transaction() as current:
        current.add(
            Alert(
                estate_id=today.estate_id,
                kind="order.returned",
                subject_kind="order",
                subject=order.number,
                audience=["dispatch_duty"],
                data={},
                raised_at=today.now,
                resolved_at=utcnow(),
                resolution=how,
            )
        )


@pytest.mark.parametrize(
    ("how", "chinese", "english"),
    [
        ("dispatched", "已派工", "Dispatched"),
        ("confirmed by 李娜", "李娜 已确认接班", "Taken over by 李娜"),
        ("客户已验收签名 signed by the customer", "客户已验收签名", "Signed by the customer"),
        ("waive", "免收费用", "Waive the charge"),
        ("gpm_handling", "总经理处理中", "With the general manager"),
        ("已电话联系 called him", "已电话联系 called him", "已电话联系 called him"),
    ],
)
def test_how_an_alert_was_resolved_is_said_in_one_language(at_desk, today, how, chinese, english):
    order = today.issued()
    resolved(today, order, how)
    desk, path = at_desk(CHEN_JING), f"/orders/{order.number}"
    assert chinese in told(desk.page(path), "✓ ")
    assert english in told(speaking(desk, "en").page(path), "✓ ")


def test_why_an_assignment_ended_is_said_in_one_language(at_desk, today):
    order = today.issued()
    acts.dispatch(today, order)
    acts.dispatch(today, order, to=ZHANG_WEI, reassign=True)
    acts.recall(today, order, reason=REASON)
    acts.dispatch(today, order)
    acts.recall(today, order, reason="8 分钟未接单 not acknowledged within 8 minutes")
    acts.dispatch(today, order)
    acts.recall(today, order, reason="客户改时间 of his own")
    desk, path = at_desk(CHEN_JING), f"/orders/{order.number}"
    assert told(desk.page(path), " – : ") == [
        "改派给 张伟",
        "撤销上一步",
        "8 分钟未接单",
        "客户改时间 of his own",
    ]
    assert told(speaking(desk, "en").page(path), " – : ") == [
        "Reassigned to 张伟",
        "Undone",
        "Not acknowledged within 8 minutes",
        "客户改时间 of his own",
    ]


def test_a_clock_of_days_is_counted_in_the_readers_words(at_desk, today):
    desk = at_desk(CHEN_JING)
    assert 'data-days="#天#小时"' in desk.page("/")
    assert 'data-days="#d #h"' in speaking(desk, "en").page("/")
