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
