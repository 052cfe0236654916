"""HTTP as the people and handhelds of the tests speak it."""

import time
from typing import Any

import requests

#: Shorter than the server keeps an idle connection (`server.serving.IDLE_S`).
KEPT_S = 30.0


class Http(requests.Session):
    """A session that uses no connection again that has been idle for long.

    The server may be closing it at that moment; a browser would ask again on a new one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last = time.monotonic()

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """As of any session."""
        if time.monotonic() - self._last > KEPT_S:
            self.close()
        try:
            return super().request(*arguments, **options)
        finally:
            self._last = time.monotonic()
