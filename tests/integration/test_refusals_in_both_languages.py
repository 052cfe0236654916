"""A refusal says its reason in Chinese, in English, and in both, wherever it is read."""

import re

import pytest

from tests.cast import LIU_QIANG
from tests.factories.field_door import FieldDoor
from tests.factories.handheld import Handheld

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def door(web, world):
    """刘强's handheld at the HTTP door."""
    return FieldDoor(web=web, world=world, staff=LIU_QIANG)


@pytest.fixture
def handheld(world):
    """The same, as it numbers what he does."""
    return Handheld(world=world, staff=LIU_QIANG)


def speaks_both(problem):
    zh, en = problem["detail_zh"], problem["detail_en"]
    assert problem["detail"] == f"{zh} {en}"
    assert CHINESE.search(zh)
    assert en
    assert not CHINESE.search(en)
    return True


def test_the_rule_that_refused_an_event(world, handheld):
    order = world.issued()
    assert speaks_both(handheld.does("order.arrived", order)["problem"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "order.teleported"},
        {"source": "devices/hh-07"},
        {"data": {"order_version": 1, "mood": "fine"}},
        {"data": {}},
        {"data": {"order_version": 1.0}},
        {"subject": None},
        {"data": {"order_version": 1, "padding": "长" * 30_000}},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_event_that_does_not_keep_the_contract(world, door, handheld, wrong):
    event = handheld.event("order.arrived", world.issued()) | wrong
    (reply,) = door.post("/events", [event]).get_json()["replies"]
    assert reply["outcome"] == "rejected"
    assert speaks_both(reply["problem"])


def test_a_batch_that_is_no_json_and_one_that_is_no_list(door):
    assert speaks_both(door.post("/events", b"[{").get_json())
    assert speaks_both(door.post("/events", {"id": 1}).get_json())


def test_a_call_that_finds_nothing_or_lacks_a_field(door, web):
    assert speaks_both(door.get("/orders/FW-202503-0999/receipt").get_json())
    assert speaks_both(web.test_client().post("/field/v1/pairings", json={}).get_json())
