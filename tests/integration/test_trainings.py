"""Operators of an asset are trained, leave and are replaced; retraining is due until it is done."""

import datetime as dt

import pytest

from server import reactions
from server.assets import operations, queries, trainings
from server.assets.models import Asset
from server.db import transaction
from server.errors import Conflict, Invalid
from server.history import HistoryRow
from server.messages import queries as boxes
from server.worker import exhaust
from tests.cast import CHEN_JING, LI_NA, LIU_QIANG, PASSWORD, QIAN_JIN, SUN_QIAN, ZHAO_MIN
from tests.factories.assets import appliance

FIRST = dt.date(2025, 2, 3)
LATER = dt.date(2025, 2, 20)


def locked(world, current, asset):
    return operations.find(current, asset.id, by=world.by(CHEN_JING), lock=True)


def train(world, asset, *names, on=FIRST, trainer=LIU_QIANG):
    with transaction() as current:
        return trainings.record_training(
            current,
            world.settings,
            locked(world, current, asset),
            trained_on=on,
            subject="空调日常操作",
            trainer=world.user(trainer),
            operators=names,
            signed_by="王经理",
            note=None,
            by=world.by(CHEN_JING),
            at=world.later(),
        )


def gone(world, asset, name, *, on=LATER):
    with transaction() as current:
        return trainings.report_departure(
            current,
            world.settings,
            locked(world, current, asset),
            name=name,
            left_on=on,
            reason="离职",
            by=world.by(CHEN_JING),
            at=world.later(),
        )


def due(world, **more):
    """Labels on the list of what is due."""
    world.session.rollback()
    found = queries.page(world.session, world.estate_id, retraining_due=True, limit=1, **more)
    return [row.asset.label for row in found.rows], found.next_cursor


def told(world, asset):
    rows = world.session.query(HistoryRow).filter_by(subject_kind="asset", subject=str(asset.id))
    return [(row.kind, row.data) for row in rows.order_by(HistoryRow.position)][1:]


def heard(world, staff):
    """What stands in somebody's box about training, after the house has had its turn."""
    exhaust(lambda: reactions.run_once(world.settings, world.now))
    found = boxes.box(world.session, world.user(staff).id, limit=50)
    return [row.title for row in found.rows if "再次培训" in row.title]


def test_whoever_trained_last_and_the_managers_hear_once_that_training_is_due(world):
    asset = appliance(world)
    train(world, asset, "张工", "李工")
    assert heard(world, LIU_QIANG) == []
    gone(world, asset, "张工")
    gone(world, asset, "李工", on=LATER + dt.timedelta(days=1))
    for reader in (LIU_QIANG, ZHAO_MIN, SUN_QIAN):
        (title,) = heard(world, reader)
        assert asset.label in title
    assert heard(world, CHEN_JING) == []
    train(world, asset, "孙工", on=LATER + dt.timedelta(days=2), trainer=SUN_QIAN)
    gone(world, asset, "孙工", on=LATER + dt.timedelta(days=3))
    assert [len(heard(world, one)) for one in (LIU_QIANG, ZHAO_MIN, SUN_QIAN)] == [1, 2, 2]


def test_a_change_of_person_makes_retraining_due_and_a_training_ends_it(world):
    asset, other = appliance(world), appliance(world, label="AC-2")
    train(world, asset, "李 工", "张工", "张工 ")
    train(world, other, "周工")
    assert due(world) == ([], None)
    gone(world, asset, "张工")
    gone(world, other, "周工")
    (newest,), cursor = due(world)
    assert (newest, due(world, cursor=cursor)) == ("AC-2", ([asset.label], None))
    assert world.session.get(Asset, asset.id).retraining_since == LATER
    train(world, asset, "孙工", on=LATER + dt.timedelta(days=1))
    assert due(world) == (["AC-2"], None)
    found = trainings.followed(world.session, asset.id)
    assert set(found.standing.operators) == {"李 工", "孙工"}
    first, left, _again = told(world, asset)
    assert first[0] == "asset.trained"
    assert (first[1]["name"], first[1]["trainer"], first[1]["signed_by"]) == (
        "李 工、张工",
        LIU_QIANG.name,
        "王经理",
    )
    assert left == (
        "asset.operator_changed",
        {"name": "张工", "left_on": LATER.isoformat(), "reason": "离职"},
    )


def test_a_training_told_late_or_twice_counts_by_its_day_and_once(world):
    asset = appliance(world)
    row = train(world, asset, "李工")
    gone(world, asset, "李工")
    train(world, asset, "张工", on=FIRST + dt.timedelta(days=1))
    assert due(world)[0] == [asset.label], "it was held before he left"
    assert train(world, asset, "李工").id == row.id
    assert len(trainings.followed(world.session, asset.id).trainings) == 2


def test_what_cannot_be_is_refused_and_changes_nothing(world):
    asset = appliance(world)
    train(world, asset, "李工", on=LATER)
    yet_to_come = dt.date(2025, 3, 6)
    wrong = {
        "trained_on": lambda: train(world, asset, "张工", on=yet_to_come),
        "operators": lambda: train(world, asset, " "),
        "name": lambda: gone(world, asset, "生人"),
        "left_on": lambda: gone(world, asset, "李工", on=yet_to_come),
    }
    for field, act in wrong.items():
        with pytest.raises(Invalid) as refused:
            act()
        assert (refused.value.rule, list(refused.value.errors)) == ("X-008", [field])
    with pytest.raises(Invalid, match=r"培训|training"):
        gone(world, asset, "李工", on=FIRST)
    assert (len(told(world, asset)), due(world)) == (1, ([], None))
    with transaction() as current:
        found = locked(world, current, asset)
        operations.retire(current, found, reason="拆除", by=world.by(CHEN_JING), at=world.later())
    with pytest.raises(Conflict):
        train(world, asset, "张工")
    with pytest.raises(Conflict):
        gone(world, asset, "李工")


def signed_in(web, staff):
    body = {"username": staff.username, "password": PASSWORD}
    token = web.test_client().post("/api/v1/tokens", json=body).get_json()["token"]
    return {"Authorization": f"Bearer {token}"}


def test_the_api_records_lists_and_finds_what_is_due_once_for_a_key(web, world):
    asset, desk = appliance(world), web.test_client()
    head, path = signed_in(web, CHEN_JING), f"/api/v1/assets/{asset.id}"
    training = {
        "trained_on": FIRST.isoformat(),
        "subject": "空调日常操作",
        "trainer": LIU_QIANG.username,
        "operators": ["李工", "张工"],
        "signed_by": "王经理",
    }
    for _twice in range(2):
        keyed = {**head, "Idempotency-Key": "trained-once"}
        answer = desk.post(f"{path}/trainings", json=training, headers=keyed)
        assert answer.status_code == 201, answer.text
    unknown = desk.post(f"{path}/trainings", json={**training, "trainer": "nobody"}, headers=head)
    assert (unknown.status_code, unknown.get_json()["rule"]) == (422, "X-008")
    left = {"name": "李工", "left_on": LATER.isoformat(), "reason": "调岗"}
    assert desk.post(f"{path}/departures", json=left, headers=head).status_code == 201
    listed = desk.get(f"{path}/trainings", headers=head).get_json()
    assert [one["operators"] for one in listed["items"]] == [["李工", "张工"]]
    assert listed["operators"] == [{"name": "张工", "trained_on": FIRST.isoformat()}]
    assert [one["name"] for one in listed["departures"]] == ["李工"]
    assert listed["retraining_since"] == LATER.isoformat()
    (found,) = desk.get("/api/v1/assets?retraining_due=true", headers=head).get_json()["items"]
    assert (found["id"], found["retraining_since"]) == (str(asset.id), LATER.isoformat())
    stranger = signed_in(web, QIAN_JIN)
    assert desk.post(f"{path}/trainings", json=training, headers=stranger).status_code == 403
    assert desk.get(f"{path}/trainings", headers=signed_in(web, LI_NA)).status_code == 200
