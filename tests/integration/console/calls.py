"""Calls as they are typed into the intake form, and the neighbours on one riser."""

import sqlalchemy as sa

from server.db import session
from tests.cast import WANG_LIHUA, Customer

NEW = "/requests/new"
NEIGHBOURS = [
    Customer(name=name, unit_code=f"3栋2单元{room}", phone=f"1380000000{digit}")
    for digit, (name, room) in enumerate([("陈一", "0301"), ("陈二", "0501"), ("陈三", "0901")])
]


def call(customer=WANG_LIHUA, **said):
    """The fields of the intake form."""
    return {
        "name": customer.name,
        "unit_code": customer.unit_code,
        "phone": customer.phone,
        "content": "厨房水龙头关不紧",
        "channel": "phone",
        **said,
    }


def all_of(model):
    session().rollback()
    session().expire_all()
    return list(session().scalars(sa.select(model).order_by(model.id)))


def advice(desk, **typed):
    """What stands below the words while they are typed."""
    token = desk.hidden(desk.page(NEW), NEW)["csrf_token"]
    answer = desk.client.post(f"{NEW}/advice", data={"csrf_token": token, **typed})
    assert answer.status_code == 200
    return answer.text
