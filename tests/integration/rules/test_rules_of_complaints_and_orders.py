"""A complaint about a service is put right by an order of its own (R-114, WO1, C7)."""

import pytest

from server.complaints import following_up, issuing
from server.complaints.issuing import Rework
from server.errors import Conflict, Denied
from server.requests.models import ServiceRequest
from server.work_orders.operations import dispatching
from server.work_orders.states import State
from tests.cast import CHEN_JING, HE_LI, LI_NA, XU_JING, ZHAO_MIN, ZHENG_JIE
from tests.factories import acts
from tests.factories.complaints import judged, recorded, says
from tests.integration.rules.complaint_checks import refused

AGAIN = Rework(content="水箱修后仍漏", category="household_other")


def issued(world, complaint, by=LI_NA):
    return world.do(issuing.issue_order, world.settings, complaint, AGAIN, **says(world, by))


def test_the_desk_issues_the_order_that_puts_a_complaint_right(world):
    complaint = recorded(world)
    order = issued(world, complaint)
    assert (order.unit_id, order.person.name, order.content) == (
        complaint.unit_id,
        XU_JING.name,
        "水箱修后仍漏",
    )
    request = world.session.get(ServiceRequest, order.request_id)
    assert (request.state, request.kind) == ("converted", "service_need")
    with pytest.raises(Conflict) as raised:
        issued(world, complaint)
    assert raised.value.rule == "R-114"
    judged(world, complaint, order=None)
    assert (complaint.state, complaint.linked_order_id) == ("via_service", order.id)


def test_an_order_that_was_voided_meanwhile_does_not_hold_the_judgement_up(world):
    complaint = recorded(world)
    order = issued(world, complaint)
    words = {"reason": "开错了", **says(world, CHEN_JING)}
    world.do(dispatching.void, world.settings, order, **words)
    assert (judged(world, complaint).state, complaint.linked_order_id) == ("handling", None)


def test_what_was_not_put_right_by_one_order_is_by_the_next(world):
    complaint = recorded(world)
    first = issued(world, complaint)
    judged(world, complaint, order=first)
    for act in acts.WAYS[State.CLOSED]:
        act(world, first)
    world.do(following_up.report_done, complaint, text="修好了", **says(world, LI_NA))
    world.do(following_up.verify, complaint, ok=False, text="还在漏", **says(world, HE_LI))
    second = issued(world, complaint)
    assert (complaint.state, complaint.linked_order_id) == ("via_service", second.id)
    words = {"text": "修好了", **says(world, LI_NA)}
    refused(world, Conflict, "R-114", following_up.report_done, complaint, **words)


def test_no_order_is_issued_by_whom_it_is_not_nor_by_the_centre_against_itself(world):
    args = (issuing.issue_order, world.settings)
    words = {"by": world.by(HE_LI), "at": world.later()}
    refused(world, Denied, "R-050", *args, recorded(world), AGAIN, **words)
    centre = recorded(world, target="cs_centre", by=ZHENG_JIE)
    for who in (CHEN_JING, LI_NA, ZHAO_MIN):
        refused(world, Denied, "R-034", *args, centre, AGAIN, **says(world, who))
    handled = judged(world, recorded(world))
    refused(world, Conflict, "WO1", *args, handled, AGAIN, **says(world, CHEN_JING))
