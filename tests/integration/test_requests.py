"""One-stop intake: what is registered, judged, declined and replied to (SR1–SR11)."""

import datetime as dt

import pytest

from server import reactions
from server.complaints.models import Complaint
from server.deadlines import timers
from server.errors import Conflict, Invalid, NotFound, Stale
from server.requests import complaining
from server.requests import operations as requests
from server.requests.announcing import announce_item
from server.requests.lifecycle import RequestState
from server.requests.models import Decline
from tests.cast import (
    CHEN_JING,
    DEPARTMENT,
    LI_JIANJUN,
    LIU_QIANG,
    NINE,
    WANG_LIHUA,
    WU_GANG,
    XU_JING,
    Customer,
    after,
)

S = RequestState


def says(world):
    return {"by": world.by(CHEN_JING), "at": world.later()}


def accept(world, request):
    world.do(
        requests.judge_accepted,
        request,
        nature="paid_special",
        category="lamp",
        price_item_code="L-LAMP",
        price_list_version="PL-2025-01",
        slot_technician_id=world.user(LIU_QIANG).id,
        **says(world),
    )


def answer(world, request):
    world.do(requests.judge_answered, request, text="前台八点开门", channel="phone", **says(world))


def to_complaint(world, request):
    world.do(complaining.judge_to_complaint, request, target="service", **says(world))


def offer_time(world, request):
    world.do(requests.judge_time_pending, request, offered_at=after(hours=5), **says(world))


def confirm_time(world, request, *, accepted=True):
    world.do(
        requests.answer_new_time,
        request,
        accepted=accepted,
        nature="paid_special",
        category="lamp",
        **says(world),
    )


def refuse_time(world, request):
    confirm_time(world, request, accepted=False)


def decline(world, request, **parts):
    told = {
        "explanation": "我们目前没有钢琴搬运服务",
        "attempts": ["联系了一家合作服务商"],
        "apology": True,
        "notice_promised": True,
        "department_informed": DEPARTMENT,
        "demand_item": "L-MOVE",
        **parts,
    }
    return world.do(requests.judge_declined, request, **told, **says(world))


def convert(world, request):
    world.do(requests.convert, request, order="FW-202503-9999", **says(world))


def withdraw(world, request):
    world.do(requests.withdraw, request, reason="自己修好了", **says(world))


def reply(world, request, *, at, text="师傅十点半到"):
    return world.do(
        requests.reply, request, channel="phone", text=text, by=world.by(CHEN_JING), at=at
    )


ACTS = {
    "to_complaint": (to_complaint, {S.REGISTERED}),
    "answered": (answer, {S.REGISTERED}),
    "accepted": (accept, {S.REGISTERED}),
    "time_pending": (offer_time, {S.REGISTERED}),
    "confirm_time": (confirm_time, {S.TIME_PENDING}),
    "refuse_time": (refuse_time, {S.TIME_PENDING}),
    "declined": (decline, {S.REGISTERED}),
    "issue": (convert, {S.ACCEPTED}),
    "withdraw": (withdraw, {S.REGISTERED, S.TIME_PENDING, S.ACCEPTED}),
}
WAYS = {
    S.REGISTERED: (),
    S.TIME_PENDING: (offer_time,),
    S.ACCEPTED: (accept,),
    S.DECLINED: (decline,),
    S.CONVERTED: (accept, convert),
    S.WITHDRAWN: (withdraw,),
    S.ANSWERED: (answer,),
    S.TO_COMPLAINT: (to_complaint,),
}


def request_in(world, state):
    request = world.register(kind="enquiry", appointment_at=after(hours=1))
    for act in WAYS[state]:
        act(world, request)
    assert request.state == state
    return request


def test_each_judgement_in_each_state_and_a_refusal_changes_nothing(world):
    for state in S:
        settled = request_in(world, state)
        for act, sources in ACTS.values():
            if state in sources:
                request = request_in(world, state)
                version = request.version
                act(world, request)
                assert request.version > version
                continue
            before = (settled.state, settled.version, len(world.history(settled)))
            with pytest.raises(Conflict) as refused:
                act(world, settled)
            assert refused.value.slug in {"request-state", "not-an-enquiry"}
            assert (settled.state, settled.version, len(world.history(settled))) == before


def test_a_call_is_registered_with_who_where_what_and_when(world):
    request = world.register(
        WANG_LIHUA, at=NINE, content="客厅灯不亮", appointment_at=after(hours=1, minutes=30)
    )
    assert (request.number, request.state) == ("DJ-202503-0001", "registered")
    assert (request.person.name, request.person.phone) == ("王丽华", "13900000001")
    assert request.unit.code == "3栋2单元1502"
    assert request.reply_due_at == after(minutes=15)
    assert [row.kind for row in world.history(request)] == ["request.registered"]
    clocks = timers.running(world.session, "request", request.number)
    assert [(clock.kind, clock.deadline_at) for clock in clocks] == [
        ("reply_warning", after(minutes=10)),
        ("reply", after(minutes=15)),
    ]


def test_the_same_person_calls_twice_and_is_known(world):
    first, second = world.register(WANG_LIHUA), world.register(WANG_LIHUA)
    assert first.person.id == second.person.id
    assert second.number == "DJ-202503-0002"


def test_a_unit_that_the_estate_does_not_have_is_refused(world):
    for code in ("3栋2单元1503", "15-0-2", "3栋2单元１５０２"):
        with pytest.raises(Invalid) as refused:
            world.register(Customer(name="某人", unit_code=code, phone="1"))
        assert "unit_code" in refused.value.errors
    assert world.register().number == "DJ-202503-0001", "a refused call uses no number"


def test_registers_restart_each_month_of_the_estate(world):
    last_minute_of_march = dt.datetime(2025, 3, 31, 15, 59, tzinfo=dt.UTC)
    assert world.register(at=last_minute_of_march).number == "DJ-202503-0001"
    midnight_at_the_estate = dt.datetime(2025, 3, 31, 16, 0, tzinfo=dt.UTC)
    assert world.register(at=midnight_at_the_estate).number == "DJ-202504-0001"


def test_charges_are_passed_on_to_finance_at_once(world):
    request = world.register(concerns_charges=True, at=NINE)
    assert request.finance_notified_at == NINE
    assert "request.finance_notified" in [row.kind for row in world.history(request)]


def test_a_reply_is_in_time_up_to_and_with_the_fifteenth_minute(world):
    for spoken_at, in_time in (
        (after(minutes=9, seconds=59), True),
        (after(minutes=15), True),
        (after(minutes=15, seconds=1), False),
    ):
        request = world.register(LI_JIANJUN, by=WU_GANG, at=NINE)
        reply(world, request, at=spoken_at)
        told = world.history(request)[-1]
        assert (told.kind, told.data["in_time"]) == ("request.replied", in_time)
        assert request.replied_at == spoken_at


def test_the_desk_is_warned_at_ten_minutes_and_alerted_at_fifteen(world):
    request = world.register(at=NINE)
    timers.run_once(after(minutes=9, seconds=59))
    assert world.alerts(request) == []
    timers.run_once(after(minutes=10))
    assert world.alerts(request) == ["clock.reply_warning"]
    timers.run_once(after(minutes=14, seconds=59))
    assert world.alerts(request) == ["clock.reply_warning"]
    timers.run_once(after(minutes=15))
    assert world.alerts(request) == ["clock.reply_warning", "clock.reply"]
    timers.run_once(after(minutes=40))
    assert len(world.alerts(request)) == 2, "each alert once"
    reply(world, request, at=after(minutes=41))
    assert world.alerts(request) == [], "the reply settles what its clocks raised"


def test_the_first_reply_stops_the_clock_and_a_second_changes_no_time(world):
    request = world.register(at=NINE)
    reply(world, request, at=after(minutes=7))
    reply(world, request, at=after(minutes=20))
    assert request.replied_at == after(minutes=7)
    timers.run_once(after(hours=1))
    assert world.alerts(request, open_only=False) == []


def test_judging_alone_does_not_stop_the_clock(world):
    request = world.register(at=NINE)
    accept(world, request)
    timers.run_once(after(minutes=15))
    assert "clock.reply" in world.alerts(request)


def test_an_answered_enquiry_has_had_its_reply(world):
    request = world.register(kind="enquiry", at=NINE)
    answer(world, request)
    assert request.replied_at is not None
    assert timers.running(world.session, "request", request.number) == []


def test_only_an_enquiry_is_closed_by_an_answer(world):
    request = world.register(kind="service_need")
    with pytest.raises(Conflict) as refused:
        answer(world, request)
    assert refused.value.rule == "R-144"


def test_a_bare_no_is_no_decline(world):
    request = world.register(WANG_LIHUA, content="搬钢琴")
    with pytest.raises(Invalid) as refused:
        decline(
            world,
            request,
            explanation="不行",
            attempts=[],
            apology=False,
            notice_promised=False,
            department_informed="",
        )
    problem = refused.value
    assert (problem.status, problem.rule) == (422, "R-032")
    assert set(problem.errors) == {
        "attempts",
        "apology",
        "notice_promised",
        "department_informed",
    }
    assert problem.extra["suspect_phrases"] == ["不行"]
    assert request.state == "registered"


def test_each_part_of_a_decline_is_missed(world):
    request = world.register()
    for part, empty, rule in (
        ("attempts", ["  "], "R-031"),
        ("apology", False, "R-032"),
        ("notice_promised", False, "R-032"),
        ("department_informed", " ", "R-032"),
        ("demand_item", "", "R-032"),
        ("explanation", "", "R-042"),
    ):
        with pytest.raises(Invalid) as refused:
            decline(world, request, **{part: empty})
        assert list(refused.value.errors) == [part]
        assert refused.value.errors[part][0].startswith(rule)


def test_a_decline_is_recorded_as_demand_and_announced_when_it_can_be_had(world):
    asked = world.register(WANG_LIHUA, content="搬钢琴")
    other = world.register(XU_JING, content="洗地毯")
    record = decline(world, asked)
    decline(world, other, demand_item="L-CARPET")
    assert (record.demand_item, record.department_informed) == ("L-MOVE", DEPARTMENT)
    announce = {"demand_item": "L-MOVE", "notice": "GG-202504-0001", **says(world)}
    waiting = world.do(announce_item, **announce)
    assert [request.person.name for request in waiting] == ["王丽华"]
    assert asked.state == "declined"
    assert world.do(announce_item, **announce) == [], "nobody is told twice"
    assert world.session.get(Decline, record.id).announced_at is not None


def test_a_hard_word_warns_and_does_not_block(world):
    request = world.register()
    told = reply(world, request, at=world.later(), text="今天不能到,明天一早到")
    assert told.suspect == ["不能"]
    assert request.replied_at is not None


def test_a_new_time_waits_for_the_customer(world):
    request = world.register(appointment_at=after(hours=1))
    offer_time(world, request)
    confirm_time(world, request)
    assert request.state == "accepted"
    assert request.appointment_at == after(hours=5)
    assert request.customer_reconfirmed_at is not None


def test_a_refused_new_time_ends_the_matter(world):
    request = world.register(appointment_at=after(hours=1))
    offer_time(world, request)
    refuse_time(world, request)
    assert (request.state, request.customer_reconfirmed_at) == ("withdrawn", None)
    timers.run_once(after(hours=3))
    assert world.alerts(request) == []


def test_there_is_no_new_time_without_an_old_one(world):
    request = world.register(appointment_at=None)
    with pytest.raises(Invalid) as refused:
        offer_time(world, request)
    assert refused.value.rule == "R-044"


def test_a_withdrawn_request_has_no_clock(world):
    request = world.register(at=NINE)
    withdraw(world, request)
    timers.run_once(after(hours=1))
    assert world.alerts(request, open_only=False) == []


@pytest.mark.parametrize(
    ("target", "audience"),
    [("cs_centre", ["admin_hr"]), ("service", ["cs_manager", "dispatch_duty"])],
)
def test_a_complaint_goes_to_whoever_may_judge_it(world, target, audience):
    request = world.register(XU_JING, content="态度不好")
    world.do(complaining.judge_to_complaint, request, target=target, **says(world))
    reactions.run_once(world.settings, world.later())
    reactions.run_once(world.settings, world.later())
    complaints = world.session.query(Complaint).all()
    assert [(row.number, row.content, row.target) for row in complaints] == [
        ("TS-202503-0001", "态度不好", target)
    ]
    alert = world.alert_rows("complaint", complaints[0].number)[0]
    assert alert.audience == audience


def test_nobody_changes_a_request_that_changed_meanwhile(world):
    request = world.register()
    reply(world, request, at=world.later())
    with pytest.raises(Stale) as refused:
        world.do(requests.find, request.number, by=world.by(CHEN_JING), expected_version=1)
    assert refused.value.extra["version"] == 2


def test_an_unknown_number_is_not_found(world):
    with pytest.raises(NotFound):
        world.do(requests.find, "DJ-202503-4711", by=world.by(CHEN_JING))
