"""The HTTP door of the handheld: pairing, orders, events, checklists, price list, receipt."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from reference_handheld.store import Pairing

TIMEOUT_S = 15
EVENTS_AT_ONCE = 200
_NOT_AUTHORISED = 401
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class UnreachableError(Exception):
    """No answer, or one that says nothing for good. Try again later."""


class RefusedError(Exception):
    """A problem answer. `status` is the HTTP status, `problem` the body of RFC 9457."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('title', '')}")
        self.status = status
        self.problem = problem


def pair(url: str, code: str, *, model: str, app_version: str) -> Pairing:
    """Trade the code from the office for this device's credentials. The code works once.

    Raises RefusedError where the code is unknown, used or expired, UnreachableError without a net.
    """
    body = {"code": code, "model": model, "app_version": app_version}
    answer = answered(_field_url(url, "/pairings"), "POST", requests.Session(), json=body)
    found = _object(answer)
    return Pairing(
        url=url.rstrip("/"),
        device=_identity(found["device"]),
        token=found["token"],
        technician=_name(found["technician"]),
        mqtt=found["mqtt"],
    )


class NotAuthorisedError(RefusedError):
    """The device token is no longer good: revoked, or never was."""

    @property
    def orders_wipe(self) -> bool:
        """Whether the answer carries the wipe order, the one thing a lost device gets (P-19)."""
        return self.problem.get("command") == "device.wipe"


class Door:
    """The calls of a paired handheld."""

    def __init__(self, pairing: Pairing) -> None:
        self.base_url = pairing.url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {pairing.token}"

    def orders(self) -> dict[str, Any]:
        """The work list: `{items: [snapshot, …], expected_seq, epoch}`."""
        return self._json("/orders", "items")

    def send_events(self, bodies: Sequence[bytes]) -> list[dict[str, Any]]:
        """Send stored envelopes as they are, at most 200; returns their replies."""
        answer = answered(
            _field_url(self.base_url, "/events"),
            "POST",
            self.session,
            data=b"[" + b",".join(bodies) + b"]",
            headers={"Content-Type": "application/json"},
        )
        replies: list[dict[str, Any]] = _object(answer, "replies")["replies"]
        return replies

    def checklist(self, code: str, version: int) -> dict[str, Any]:
        return self._json(f"/checklists/{quote(code)}/{version}", "steps")

    def price_list(self) -> dict[str, Any]:
        """`{version, items: [{code, name, category, unit, price_fen}]}`."""
        return self._json("/price-list", "items")

    def receipt(self, number: str) -> dict[str, Any]:
        """What the server holds of an order; only what stands here may be freed."""
        return self._json(f"/orders/{quote(number)}/receipt", "photos")

    def _json(self, path: str, *lists: str) -> dict[str, Any]:
        return _object(answered(_field_url(self.base_url, path), "GET", self.session), *lists)


def answered(url: str, method: str, session: requests.Session, **options: Any) -> requests.Response:
    """One call; raises RefusedError for a problem answer, UnreachableError where there is none."""
    try:
        answer = session.request(method, url, timeout=TIMEOUT_S, allow_redirects=False, **options)
    except requests.RequestException as error:
        raise UnreachableError(str(error)) from error
    if answer.ok:
        return answer
    problem = _problem(answer)
    # An answer to HEAD has no body, so a refused token is left for the next call to find out why.
    unexplained = answer.request.method == "HEAD" and answer.status_code == _NOT_AUTHORISED
    if problem is None or unexplained or answer.status_code in _LATER:
        raise UnreachableError(f"{answer.status_code} from {url}")
    if answer.status_code == _NOT_AUTHORISED:
        raise NotAuthorisedError(answer.status_code, problem)
    raise RefusedError(answer.status_code, problem)


def _object(answer: requests.Response, *lists: str) -> dict[str, Any]:
    """The body, if it is what was asked for and not, say, the login page of a hotel's Wi-Fi."""
    try:
        found = answer.json()
    except ValueError as error:
        raise UnreachableError(f"no JSON from {answer.url}") from error
    if not isinstance(found, dict) or not all(isinstance(found.get(one), list) for one in lists):
        raise UnreachableError(f"not the answer of Paigong from {answer.url}")
    return found


def _problem(answer: requests.Response) -> dict[str, Any] | None:
    if answer.request.method == "HEAD":
        return {}
    try:
        body = answer.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _field_url(url: str, path: str) -> str:
    return f"{url.rstrip('/')}/field/v1{path}"


def _identity(device: Any) -> str:
    return str(device["id"] if isinstance(device, Mapping) else device)


def _name(technician: Any) -> str:
    return str(technician.get("name", "") if isinstance(technician, Mapping) else technician)
