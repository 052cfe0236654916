"""Help on every page in both languages; alerts and pictures for whom they are meant."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from server.alerts import listing
from server.alerts import operations as alerts
from server.console.help_pages import NAMES, TEXTS, name_of
from server.db import session, transaction, utcnow
from server.evidence.models import Photo
from server.incidents import operations as incidents
from server.keyset import Place
from tests.cast import CHEN_JING, LIU_QIANG, LUO_BING, PASSWORD, QIAN_JIN, YANG_FAN, ZHANG_WEI
from tests.factories.world import sha

CHINESE = re.compile(r"[\u4e00-\u9fff]")
TAGS = re.compile(r"</?(?!strong)\w+")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_help_text_says_the_same_in_both_languages(name):
    chinese, english = ((TEXTS / f"{name}.{code}.html").read_text() for code in ("zh", "en"))
    assert CHINESE.search(chinese)
    assert not CHINESE.search(english)
    assert TAGS.findall(chinese) == TAGS.findall(english)


def test_every_page_leads_to_its_help(at_desk, today):
    order = today.issued()
    desk = at_desk(CHEN_JING)
    for path, name in (
        ("/", "board"),
        ("/requests/new", "intake"),
        (f"/orders/{order.number}", "order"),
        ("/alerts", "alerts"),
        ("/roster", "roster"),
        ("/handovers", "handovers"),
        ("/notices", "notices"),
        ("/public-notices", "public_notices"),
        ("/price-lists", "price_lists"),
        ("/declines", "declines"),
        ("/messages", "messages"),
        ("/admin", "staff"),
        ("/account", "keys"),
    ):
        assert f'href="/help/{name}"' in desk.page(path)
    assert (name_of("console.quality.queue"), name_of("console.quality.show")) == (
        "quality",
        "review",
    )
    assert name_of(None) == "keys"


def test_help_comes_alone_for_the_dialog_and_as_a_page_without_scripts(at_desk):
    desk = at_desk(CHEN_JING)
    alone = desk.get("/help/order", headers={"X-Requested-With": "help"}).text
    assert alone.startswith("<h2>工单</h2>")
    assert "<main" in desk.page("/help/order")
    desk.send("/account", "/language", language="en", next="/account")
    alone = desk.get("/help/order", headers={"X-Requested-With": "help"}).text
    assert alone.startswith("<h2>A work order</h2>")
    assert desk.get("/help/..%2Flayout").status_code == 404
    assert desk.get("/help/nothing").status_code == 404


def raise_for(today, *roles):
    return today.do(
        alerts.raise_alert,
        "stock.handed_back",
        subject_kind="order",
        subject="FW-202503-0001",
        audience=roles,
        by=today.by(LIU_QIANG),
        at=utcnow(),
    )


def test_a_storekeeper_reads_and_settles_what_is_addressed_to_him_and_nothing_else(
    at_desk, today, fresh
):
    mine, other = raise_for(today, "storekeeper"), None
    other = today.do(
        alerts.raise_alert,
        "order.returned",
        subject_kind="order",
        subject="FW-202503-0002",
        audience=["dispatch_duty"],
        by=today.by(LIU_QIANG),
        at=utcnow(),
    )
    store = at_desk(QIAN_JIN)
    page = store.page("/alerts")
    assert 'href="/alerts"' in store.page("/account")
    assert "材料或工具已送回" in page
    assert other.subject not in page
    assert store.send("/alerts", f"/alerts/{mine.id}", how="已入库").status_code == 303
    assert fresh(mine).resolution == "已入库"
    token = store.hidden(store.page("/alerts"), "/language")
    answer = store.client.post(f"/alerts/{other.id}", data={**token, "how": "不归我"})
    assert answer.status_code == 403
    assert fresh(other).resolved_at is None


def raise_many(today, count, **facts):
    """Tasks of the storekeeper, one a minute; the last is of now."""
    with transaction() as current:
        for number in range(count):
            alerts.raise_alert(
                current,
                "stock.handed_back",
                **{
                    "subject_kind": "order",
                    "subject": f"FW-202503-{number:04}",
                    "audience": ["storekeeper", "dispatch_duty"],
                    "by": today.by(LIU_QIANG),
                    "at": utcnow() - dt.timedelta(minutes=count - number),
                    **facts,
                },
            )


def test_the_oldest_of_many_alerts_is_reached_by_turning_pages_and_settled_there(at_desk, today):
    raise_many(today, 120)
    store, seen, path = at_desk(QIAN_JIN), [], "/alerts"
    for _page in range(3):
        page = store.page(path)
        seen += re.findall(r"FW-202503-\d{4}(?=</a>)", page)
        [path] = re.findall(r'id="page-older"[^>]*href="([^"]+)"', page) or [path]
    assert len(set(seen)) == len(seen) == 120
    assert 'id="page-newer"' in page
    oldest = re.findall(r'action="(/alerts/[0-9a-f-]+)"', page)[-1]
    answer = store.send(path, oldest, how="已入库")
    page = store.follow(answer)
    assert "FW-202503-0001" in page, "the same page again"
    assert "FW-202503-0000" not in page
    assert store.get("/alerts?after=nowhere").status_code == 422


def test_a_page_of_alerts_that_are_all_settled_leads_back_to_the_first(at_desk, today):
    raise_many(today, 51)
    store = at_desk(QIAN_JIN)
    [path] = re.findall(r'id="page-older"[^>]*href="([^"]+)"', store.page("/alerts"))
    answer = store.send(
        path, re.findall(r'action="(/alerts/[^"]+)"', store.page(path))[0], how="好"
    )
    answer = store.get(answer.headers["Location"])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/alerts")


def test_a_script_turns_the_pages_of_alerts_too(at_desk, today):
    raise_many(today, 120)
    store, seen, cursor = at_desk(QIAN_JIN), [], ""
    while cursor is not None:
        answer = store.get(f"/api/v1/alerts?limit=50{cursor and '&cursor=' + cursor}").json
        seen += [one["subject"] for one in answer["items"]]
        cursor = answer["next_cursor"]
    assert len(set(seen)) == len(seen) == 120
    assert len(store.get("/api/v1/alerts").json["items"]) == 100


def test_what_is_for_one_person_alone_is_told_to_his_scripts_and_to_no_others(at_desk, today):
    today.do(
        alerts.raise_alert,
        "complaint.yours",
        subject_kind="complaint",
        subject="TS-202503-0001",
        addressee_id=today.user(YANG_FAN).id,
        by=today.by(CHEN_JING),
        at=utcnow(),
    )
    [mine] = at_desk(YANG_FAN).get("/api/v1/alerts").json["items"]
    assert (mine["kind"], mine["subject"]) == ("complaint.yours", "TS-202503-0001")
    assert at_desk(CHEN_JING).get("/api/v1/alerts").json["items"] == []


def test_whoever_is_told_closes_his_own_over_the_api_and_nobody_else_does(web, today):
    alert = today.do(
        alerts.raise_alert,
        "stock.low",
        subject_kind="order",
        subject="FW-202503-0001",
        addressee_id=today.user(QIAN_JIN).id,
        by=today.by(CHEN_JING),
        at=utcnow(),
    )
    client = web.test_client()

    def closes(staff):
        who = {"username": staff.username, "password": PASSWORD}
        token = client.post("/api/v1/tokens", json=who).get_json()["token"]
        return client.post(
            f"/api/v1/alerts/{alert.id}/resolution",
            json={"how": "spoken to"},
            headers={"Authorization": f"Bearer {token}"},
        )

    assert closes(CHEN_JING).status_code == 403
    assert closes(QIAN_JIN).get_json()["resolution"] == "spoken to"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # whose plans ask for no rows
def test_alerts_that_were_dealt_with_are_never_walked_through(today):
    asked = []
    sa.event.listen(session().get_bind(), "before_cursor_execute", lambda *told: asked.append(told))
    told = listing.Told(roles=frozenset({"dispatch_duty"}), user_id=uuid7())
    place = Place(at=utcnow(), id=uuid7())
    listing.page(session(), today.estate_id, told, limit=50, after=place)
    listing.hazards_first(session(), today.estate_id, listing.Told(roles=told.roles), limit=50)
    listing.count(session(), today.estate_id, told, most=1000)
    of_alerts = [one[2:4] for one in asked if "FROM alert" in one[2]]
    assert len(of_alerts) == 3
    for statement, values in of_alerts:
        explain = f"EXPLAIN QUERY PLAN {statement}"
        plan = [row[-1] for row in session().connection().exec_driver_sql(explain, values)]
        walked = [line for line in plan if line.split()[1] == "alert"]
        assert walked
        assert all("INDEX ix_alert_open (estate_id=?" in line for line in walked), plan


def test_a_department_sees_the_pictures_of_an_incident_and_no_customers(at_desk, today):
    incident = today.do(
        incidents.report_incident,
        today.settings,
        place="3栋大堂",
        category="security",
        severity="normal",
        description="门禁损坏",
        emergency_action=None,
        found_at=today.now,
        photos=[{"sha256": sha("door"), "tag": "fault_point"}],
        by=today.by(LIU_QIANG),
        at=today.later(),
    )
    order = today.issued()
    of_customer = today.photo(order, tag="before")
    with transaction() as current:
        current.add(
            Photo(
                estate_id=incident.estate_id,
                sha256=sha("door"),
                incident_id=incident.id,
                incident_number=incident.number,
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
    department = at_desk(LUO_BING)
    picture = f"/api/v1/photos/incidents/{sha('door')}/thumbnail"
    assert picture in department.page(f"/incidents/{incident.number}")
    # It is his to see; the bytes themselves were never sent in this test.
    assert "photo-not-ready" in department.get(picture).text
    for path in (
        f"/api/v1/photos/incidents/{of_customer.sha256}/thumbnail",
        f"/api/v1/photos/incidents/{sha('nothing')}/screen",
    ):
        assert department.get(path).status_code == 404
    assert department.get(f"/api/v1/photos/{of_customer.sha256}/screen").status_code == 403
    assert at_desk(ZHANG_WEI).get(picture).status_code == 403
