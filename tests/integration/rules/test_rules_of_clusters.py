"""Complaints of several households about one thing become a cluster (R-124, P-09, A-29)."""

import datetime as dt

import pytest
import sqlalchemy as sa

from server.complaints.models import ComplaintCluster
from server.db import transaction
from server.estate import operations as estate
from tests.cast import GUO_TAO, HUANG_ZHIYUAN, LIN_FANG, WANG_LIHUA, XU_JING, Customer
from tests.factories.complaints import react, recorded

POOL = {"target": "facility", "category": "public_area", "content": "泳池水太脏"}
NEIGHBOURS = [
    Customer(name=name, unit_code=f"4栋1单元{room}", phone=f"1380000001{digit}")
    for digit, (name, room) in enumerate([("甲一", "0401"), ("乙二", "0501"), ("丙三", "0601")])
]


@pytest.fixture
def house(world):
    """The estate, with the neighbours of one building."""
    with transaction() as current:
        for one in NEIGHBOURS:
            estate.add_unit(current, world.estate_id, one.unit_code)
    return world


def clusters(world):
    """The scope of each cluster, in the order in which they were found."""
    world.session.expire_all()
    rows = world.session.scalars(sa.select(ComplaintCluster).order_by(ComplaintCluster.number))
    return [one.scope for one in rows]


def complain(world, *people, **facts):
    found = [recorded(world, one, **facts) for one in people]
    react(world)
    return found


def test_three_households_of_three_buildings_that_complain_of_the_pool_make_a_cluster(house):
    rows = complain(house, XU_JING, HUANG_ZHIYUAN, **POOL)
    complain(house, LIN_FANG, **{**POOL, "target": "service"})
    complain(house, LIN_FANG, **{**POOL, "category": "lamp"})
    assert clusters(house) == []
    rows += complain(house, LIN_FANG, **POOL)
    assert clusters(house) == ["小区设施 estate facility"]
    rows += complain(house, GUO_TAO, **POOL)
    assert len({one.cluster_id for one in rows} - {None}) == 1
    assert clusters(house) == ["小区设施 estate facility"]


def test_the_pool_and_the_lift_of_one_building_are_two_clusters(house):
    lift = complain(house, *NEIGHBOURS, **{**POOL, "content": "电梯总停"})
    assert clusters(house) == ["4栋"]
    complain(house, HUANG_ZHIYUAN, LIN_FANG, **POOL)
    assert clusters(house) == ["4栋"], "those of the building were about its own"
    (third,) = complain(house, WANG_LIHUA, **POOL)
    assert clusters(house) == ["4栋", "小区设施 estate facility"]
    assert third.cluster_id != lift[0].cluster_id


def test_what_three_buildings_complain_of_by_chance_is_no_cluster(house):
    facts = {**POOL, "target": "service"}
    complain(house, XU_JING, HUANG_ZHIYUAN, LIN_FANG, **facts)
    assert clusters(house) == []


def test_a_pool_complained_of_a_month_ago_does_not_count_any_more(house):
    complain(house, XU_JING, HUANG_ZHIYUAN, **POOL)
    house.now += dt.timedelta(days=31)
    complain(house, LIN_FANG, **POOL)
    assert clusters(house) == []
