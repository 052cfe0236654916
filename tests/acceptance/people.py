"""The people of a house by user name, and the pictures that its technicians take."""

import contextlib
import itertools
import secrets
from collections.abc import Iterator

from tests.acceptance.desk import Person
from tests.acceptance.handheld import Handheld
from tests.acceptance.stack import House
from tests.factories import pictures

_seeds = itertools.count(secrets.randbelow(10**9))
PICTURE = (320, 240)


def draw(tag: str) -> bytes:
    """A new picture as a camera of the trade would take it, or a new signature."""
    seed = next(_seeds)
    return pictures.signature(seed) if tag == "signature" else pictures.photo(seed, size=PICTURE)


class Cast:
    """The people of a house by user name, signed in when first asked for."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._known: dict[str, Person] = {}
        self._open = contextlib.ExitStack()

    def __getattr__(self, username: str) -> Person:
        if username.startswith("_"):
            raise AttributeError(username)
        if username not in self._known:
            person = Person(self.house.url, username, self.house.passwords[username])
            self._known[username] = self._open.enter_context(person)
        return self._known[username]

    def new_handheld(self, technician: str, label: str) -> Handheld:
        """Enrolled by the manager, paired, not connected yet."""
        enrolled = self.zhaomin.post("/devices", label=label, technician=technician)
        handheld = self._open.enter_context(Handheld(self.house.url, draw))
        handheld.pair(enrolled["pairing_code"])
        return handheld

    def close(self) -> None:
        """Everybody goes home."""
        self._open.close()


@contextlib.contextmanager
def cast_of(house: House) -> Iterator[Cast]:
    """The people of a house, for a while."""
    people = Cast(house)
    try:
        yield people
    finally:
        people.close()


#: name, unit and phone of the residents that the scenarios know
WANG_LIHUA = ("王丽华", "3栋2单元1502", "13900000001")
LI_JIANJUN = ("李建军", "5栋1单元0801", "13900000002")
ZHOU_MIN = ("周敏", "2栋1单元1104", "13900000003")
WU_GUOQIANG = ("吴国强", "6栋2单元2203", "13900000004")
XU_JING = ("徐静", "4栋1单元0302", "13900000005")
HUANG_ZHIYUAN = ("黄志远", "7栋3单元1701", "13900000006")
LIN_FANG = ("林芳", "1栋2单元0905", "13900000007")
GUO_TAO = ("郭涛", "10栋1单元1206", "13900000008")
