"""Complaints in the settled estate, brought by real operations to where a test begins."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from server import reactions
from server.complaints import following_up, judging, operations
from server.complaints.judging import Judgement
from server.complaints.models import Complaint
from server.db import session
from server.requests.operations import Caller
from server.return_visits import of_complaints
from server.return_visits.models import ReturnVisit
from tests.cast import CHEN_JING, HE_LI, LI_NA, XU_JING, ZHAO_MIN, Customer, Staff
from tests.factories.world import World, sha

DAY = dt.date(2025, 3, 12)
#: What is said on site, with the signature of the complainant.
ON_SITE = {"method": "on_site", "customer_signature": sha("a signature"), "signer_name": "黄志远"}
PHONE = {"method": "phone"}


def says(world: World, who: Staff) -> dict[str, Any]:
    """Who acts, a minute later."""
    return {"by": world.by(who), "at": world.later()}


def recorded(
    world: World, customer: Customer = XU_JING, *, by: Staff = CHEN_JING, **facts: Any
) -> Complaint:
    """C1 and C2: taken down, waiting to be judged."""
    caller = Caller(name=customer.name, unit_code=customer.unit_code, phone=customer.phone)
    told = {
        "content": "楼道灯坏了一个月没人修",
        "channel": "phone",
        "target": "service",
        "apology": True,
        **facts,
    }
    return world.do(operations.record, world.settings, caller=caller, **told, **says(world, by))


def judged(world: World, complaint: Complaint, outcome: str = "valid", **facts: Any) -> Complaint:
    """C3 to C8, by whoever `by` names; an ordinary one is 李娜's to deal with."""
    who = facts.pop("by", CHEN_JING)
    if outcome == "valid" and not {"major", "order"} & set(facts):
        facts = {"handler": world.user(LI_NA), "target_on": DAY, **facts}
    world.do(
        judging.judge,
        complaint,
        Judgement(outcome=outcome, text="属于管理处的服务范围", **facts),
        **says(world, who),
    )
    return complaint


def verified(
    world: World,
    complaint: Complaint,
    *,
    handler: Staff = LI_NA,
    verifier: Staff = HE_LI,
) -> Complaint:
    """C10 and C12: done and seen to be so; the visit is open."""
    world.do(following_up.report_done, complaint, text="已修好并清理", **says(world, handler))
    world.do(following_up.verify, complaint, ok=True, text="现场看过", **says(world, verifier))
    react(world)
    return complaint


def visited(
    world: World, complaint: Complaint, *, by: Staff = ZHAO_MIN, **facts: Any
) -> ReturnVisit:
    """C13 and C14: what the complainant says."""
    told = {"satisfied": True, "comment": "处理得不错", **PHONE, **facts}
    return world.do(
        of_complaints.record_complaint_visit,
        world.settings,
        complaint,
        **told,
        **says(world, by),
    )


def react(world: World) -> None:
    """What follows from what has happened follows now."""
    while reactions.run_once(world.settings, world.now):
        pass


def visit_of(complaint: Complaint) -> ReturnVisit:
    """The return visit of a complaint."""
    found = session().scalar(sa.select(ReturnVisit).where(ReturnVisit.complaint_id == complaint.id))
    assert found is not None
    return found
