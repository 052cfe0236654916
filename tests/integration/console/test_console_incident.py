"""The page of an incident: what was found, who was told, the photos, and what came of it."""

import pytest

from server.db import transaction
from server.evidence.models import Photo
from server.incidents import operations as incidents
from server.incidents.models import Incident
from tests.cast import CHEN_JING, LIU_QIANG, ZHANG_WEI, ZHAO_MIN
from tests.factories.handheld import Handheld
from tests.factories.world import sha


@pytest.fixture
def incident(today):
    """刘强 found a burst pipe in the lobby and took two photos; one has arrived."""
    Handheld(world=today, staff=LIU_QIANG).does(
        "incident.reported",
        place="3栋大堂",
        category="engineering",
        severity="major",
        description="消防管爆裂",
        emergency_action="已关阀",
        photos=[{"sha256": sha(name), "tag": "fault_point"} for name in ("wide", "close")],
    )
    found = today.session.query(Incident).one()
    with transaction() as current:
        current.add(
            Photo(
                estate_id=found.estate_id,
                sha256=sha("wide"),
                incident_id=found.id,
                incident_number=found.number,
                step="",
                tag="fault_point",
                device_id=LIU_QIANG.handheld,
                media_type="image/jpeg",
                size_bytes=1000,
                width_px=40,
                height_px=30,
                received_at=today.now,
                keep_place=False,
                state="processed",
                due_at=today.now,
            )
        )
    return found


def test_the_alert_leads_to_the_incident_and_its_photos(at_desk, today, incident):
    desk, path = at_desk(ZHAO_MIN), f"/incidents/{incident.number}"
    assert f'href="{path}"' in desk.page("/alerts")
    page = desk.page(path)
    for said in ("消防管爆裂", "3栋大堂", "工程", "重大", "已关阀", "刘强", "总物业经理", "故障点"):
        assert said in page
    assert f"/api/v1/photos/{sha('wide')}/thumbnail" in page
    assert sha("close") not in page
    assert "还有 1 张照片没有传到" in page
    assert f'action="{path}/closure"' not in page, "nobody has come to a major one yet (R-029)"
    came = {"dept_arrived_at": today.later(), "left_at": None}
    today.do(incidents.note_presence, incident, **came, by=today.by(ZHAO_MIN), at=today.later())
    assert f'action="{path}/closure"' in desk.page(path)
    assert f'action="{path}/closure"' not in at_desk(CHEN_JING).page(path)
    desk.send(path, f"{path}/closure", superior_report="已修复")
    assert "已修复" in desk.page(path)


def test_an_incident_in_english(at_desk, incident):
    desk, path = at_desk(CHEN_JING), f"/incidents/{incident.number}"
    desk.send(path, "/language", language="en", next=path)
    page = desk.page(path)
    for said in ("Point of fault", "Engineering", "Emergency action", "1 photos have not arrived"):
        assert said.lower() in page.lower()


def test_who_handles_no_incidents_sees_his_own_alone(at_desk, incident):
    path = f"/incidents/{incident.number}"
    assert at_desk(ZHANG_WEI).get(path).status_code == 403
    finder = at_desk(LIU_QIANG)
    assert "3栋大堂" in finder.page(path)
    assert "3栋大堂" in finder.page("/incidents")
    assert "3栋大堂" not in at_desk(ZHANG_WEI).page("/incidents")
    assert at_desk(CHEN_JING).get("/incidents/GQ-202503-0999").status_code == 404
