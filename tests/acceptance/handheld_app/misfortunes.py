"""What happens to a technician's phone on a bad day, drawn by lot from a seed."""

import contextlib
import os
import random
import secrets
import signal

from tests.acceptance.phone import DurablePhone
from tests.acceptance.stack import House, wait_for

#: How often each befalls in a hundred acts, and at most on one day.
LOTS = {
    "network": (14, 30),
    "tab": (7, 5),
    "battery": (5, 4),
    "broker": (5, 4),
    "web": (5, 3),
    "upload": (5, 3),
}
#: Of the forms with words in them, this part is interrupted.
HALF_WAY = 0.3


def seed_of_today() -> int:
    """The seed in PAIGONG_SEED, or a new one."""
    return int(os.environ.get("PAIGONG_SEED") or secrets.randbelow(10**6))


class Misfortunes:
    """Draws before each act; what befell is told in `told`, by the number of the act."""

    def __init__(self, house: House, phone: DurablePhone, dice: random.Random) -> None:
        self.told: list[str] = []
        self._house = house
        self._phone = phone
        self._dice = dice
        self._acts = 0
        self._left = {name: most for name, (_often, most) in LOTS.items()}
        self._thaw = contextlib.ExitStack()
        self._is_stuck = False

    def befall(self) -> None:
        """Whatever the lot says: mostly nothing."""
        self._acts += 1
        if self._is_stuck:
            # Half-way up, and the tab is killed before the server has answered.
            self._is_stuck = False
            self._phone.tab_is_killed()
        self._thaw.close()
        names = list(LOTS)
        often = [LOTS[name][0] for name in names]
        (name,) = self._dice.choices(["nothing", *names], [100 - sum(often), *often])
        if name == "nothing" or self._left[name] == 0:
            return
        self._left[name] -= 1
        self.told.append(f"{self._acts} {name}")
        getattr(self, f"_{name}")()

    def half_way(self) -> None:
        """In the middle of a form: now and then the phone dies with what was typed."""
        if self._dice.random() < HALF_WAY:
            self.told.append(f"{self._acts} half-way")
            kill = self._dice.choice([self._tab, self._battery])
            kill()

    def over(self) -> None:
        """The network is kind again, and everything runs."""
        self._thaw.close()
        self._phone.online()
        wait_for(self._house.is_healthy, "the house to be well", 60)

    def _network(self) -> None:
        if self._phone.is_offline:
            self._phone.online()
        else:
            self._phone.offline()

    def _tab(self) -> None:
        self._phone.tab_is_killed()

    def _battery(self) -> None:
        self._phone.battery_dies()

    def _broker(self) -> None:
        """It swallows everything until after the next act."""
        self._thaw.enter_context(self._house.frozen("broker"))

    def _upload(self) -> None:
        """Pictures and events are sent, and nobody answers until after the next act."""
        self._phone.online()
        self._thaw.enter_context(self._house.frozen("web"))
        self._is_stuck = True

    def _web(self) -> None:
        """The web worker dies; the supervisor has another one up some acts later."""
        pid = self._house.pid_of("web")
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
