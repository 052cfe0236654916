"""Trouble in a public area, damage in a dwelling, and the visit afterwards (R-026…R-029, R-063)."""

import pytest

from server.errors import Conflict, Denied, Invalid
from server.incidents import handling
from server.incidents import operations as incidents
from server.return_visits import operations as visits
from server.work_orders.states import State
from tests.cast import CHEN_JING, HE_LI, LIU_QIANG, LUO_BING, ZHAO_MIN, ZHOU_JIANGUO, after
from tests.factories.acts import order_in
from tests.factories.handheld import Handheld


def says(world, who=LUO_BING):
    return {"by": world.by(who), "at": world.later()}


def found(world, who=LUO_BING, *, severity="normal"):
    return world.do(
        incidents.report_incident,
        world.settings,
        place="3栋大堂",
        category="engineering",
        severity=severity,
        description="水管爆裂",
        emergency_action="关总阀",
        found_at=world.now,
        photos=[],
        **says(world, who),
    )


def test_whoever_finds_it_tells_the_department_at_once_without_a_slip(world):
    incident = found(world)
    assert (incident.state, incident.order_number) == ("notified", None)
    assert "dept_head" in incident.notified
    assert "gpm" not in incident.notified


def test_a_major_incident_is_told_to_the_head_and_the_general_manager(world):
    incident = found(world, severity="major")
    assert {"dept_head", "gpm"} <= set(incident.notified)
    (task,) = world.alert_rows("incident", incident.number)
    assert (task.rule, task.audience) == ("R-029", sorted(incident.notified))


@pytest.mark.parametrize(("left_at", "early"), [(5, True), (9, True), (10, False)])
def test_leaving_before_help_came_is_flagged(world, left_at, early):
    incident = found(world)
    times = {"dept_arrived_at": after(minutes=10), "left_at": after(minutes=left_at)}
    world.do(incidents.note_presence, incident, **times, **says(world))
    assert incidents.left_before_relieved(incident) is early
    kinds = [row.kind for row in world.alert_rows("incident", incident.number)]
    assert ("incident.left_early" in kinds) is early


def test_no_incident_is_closed_without_the_report_to_the_superior(world):
    incident = found(world)
    with pytest.raises(Invalid) as refused:
        world.do(handling.close_incident, incident, superior_report="  ", **says(world, ZHAO_MIN))
    assert (refused.value.rule, incident.state) == ("R-028", "notified")
    superior = says(world, ZHAO_MIN)
    world.do(handling.close_incident, incident, superior_report="已修复", **superior)
    with pytest.raises(Conflict):
        world.do(handling.close_incident, incident, superior_report="又来", **superior)


@pytest.mark.parametrize("who", [LUO_BING, CHEN_JING], ids=["the department", "the desk"])
def test_whoever_handles_an_incident_does_not_end_it_alone(world, who):
    incident = found(world)
    assert not handling.may_end(incident, world.by(who))
    with pytest.raises(Denied) as refused:
        world.do(handling.close_incident, incident, superior_report="已修复", **says(world, who))
    assert (refused.value.rule, incident.state) == ("R-003", "notified")


def test_a_superior_does_not_end_alone_what_he_found_himself(world):
    incident = found(world, ZHAO_MIN)
    with pytest.raises(Denied) as refused:
        world.do(handling.close_incident, incident, superior_report="没事", **says(world, ZHAO_MIN))
    assert (refused.value.slug, refused.value.rule) == ("own-report", "R-028")
    above = says(world, ZHOU_JIANGUO)
    world.do(handling.close_incident, incident, superior_report="没事", **above)
    assert incident.state == "closed"


def test_a_major_incident_is_not_ended_before_somebody_came(world):
    incident, superior = found(world, severity="major"), says(world, ZHOU_JIANGUO)
    assert not handling.may_end(incident, superior["by"])
    with pytest.raises(Invalid) as refused:
        world.do(handling.close_incident, incident, superior_report="没事", **superior)
    assert (set(refused.value.errors), incident.state) == ({"dept_arrived_at"}, "notified")
    came = {"dept_arrived_at": after(minutes=10), "left_at": None}
    world.do(incidents.note_presence, incident, **came, **says(world))
    world.do(handling.close_incident, incident, superior_report="已修复", **superior)
    assert incident.state == "closed"


def test_a_time_that_is_told_late_does_not_open_a_closed_incident(world):
    incident = found(world)
    world.do(handling.close_incident, incident, superior_report="已修复", **says(world, ZHAO_MIN))
    times = {"dept_arrived_at": after(minutes=10), "left_at": None}
    world.do(incidents.note_presence, incident, **times, **says(world))
    assert incident.state == "closed"


def test_a_technician_reports_damage_and_names_no_amount(world):
    order = order_in(world, State.IN_PROGRESS)
    handheld = Handheld(world=world, staff=LIU_QIANG)
    event = handheld.event("damage.reported", order, item="花瓶", description="碰碎", photos=[])
    event["data"]["amount_fen"] = 5000
    assert handheld.send(event)["outcome"] == "rejected"
    handheld.does("damage.reported", order, item="花瓶", description="碰碎", photos=[])
    (task,) = [row for row in world.alert_rows("order", order.number) if row.rule == "R-063"]
    assert task.audience == ["cs_manager", "gpm"]


def visited(world, **said):
    order = order_in(world, State.CLOSED)
    by = world.by(CHEN_JING)
    visit = world.do(visits.open_visit, world.settings, order, by=by, at=world.later())
    words = {"satisfied": True, "comment": "很好", "customer_signature": None, **said}
    world.do(visits.record_visit, world.settings, visit, **words, **says(world, HE_LI))
    return visit


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"method": "on_site"}, "R-087"),
        ({"method": "on_site", "customer_signature": "a" * 64, "comment": " "}, "R-087"),
        ({"method": "phone", "customer_signature": "a" * 64}, "R-088"),
        ({"method": "phone", "comment": ""}, "R-088"),
    ],
    ids=["unsigned", "without a word", "signed by telephone", "nothing recorded"],
)
def test_a_visit_is_recorded_as_it_was(world, said, rule):
    with pytest.raises(Invalid) as refused:
        visited(world, **said)
    assert refused.value.rule == rule


def test_what_was_said_on_the_telephone_stands_under_the_visitors_name(world):
    visit = visited(world, method="phone")
    assert visit.recorded_by == world.user(HE_LI).id
    assert (visit.customer_signature_sha256, visit.state) == (None, "satisfied")
