"""People of the cast at their desks: each signs in and speaks the public HTTP API."""

import datetime as dt
from typing import Any, Self

import requests

from tests.acceptance.speaking_http import Http

TIMEOUT_S = 20


class Person:
    """Somebody signed in."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.username = username
        self._url = f"{url}/api/v1"
        self.http = Http()
        answer = self.http.post(
            f"{self._url}/tokens",
            json={"username": username, "password": password},
            timeout=TIMEOUT_S,
        )
        assert answer.status_code == 201, answer.text
        self.user = answer.json()["user"]
        self.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any call; the answer whatever it is."""
        return self.http.request(method, f"{self._url}{path}", timeout=TIMEOUT_S, **options)

    def get(self, path: str, **query: Any) -> Any:
        """Read something that is there."""
        answer = self.ask("GET", path, params=query)
        assert answer.ok, f"{path}: {answer.text}"
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        """Do something that is allowed."""
        answer = self.ask("POST", path, json=body)
        assert answer.ok, f"{path}: {answer.text}"
        return answer.json()

    def is_refused(self, path: str, status: int, rule: str | None = None, **body: Any) -> Any:
        """Try something that must be refused; the problem."""
        answer = self.ask("POST", path, json=body)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = answer.json()
        if rule is not None:
            assert problem["rule"] == rule, problem
        return problem

    def order(self, number: str) -> Any:
        """An order as it stands."""
        return self.get(f"/orders/{number}")

    def history(self, number: str, kind: str | None = None) -> list[Any]:
        """The order's history, oldest first; of one kind where named."""
        rows: list[Any] = []
        cursor: str | None = "0"
        while cursor is not None:
            page = self.get(f"/orders/{number}/events", cursor=cursor, limit=500)
            rows += page["items"]
            cursor = page["next_cursor"]
        return [row for row in rows if kind in {None, row["kind"]}]

    def alerts(self, number: str) -> dict[str, Any]:
        """All alerts about an order by kind, the newest of each."""
        return {one["kind"]: one for one in self.get(f"/orders/{number}/alerts")["items"]}

    def open_alerts(self, subject: str) -> dict[str, Any]:
        """What waits for somebody in this person's roles, about one subject, by kind."""
        return {
            one["kind"]: one for one in self.get("/alerts")["items"] if one["subject"] == subject
        }

    def registers(
        self, name: str, unit: str, phone: str, content: str, **more: Any
    ) -> dict[str, Any]:
        """A resident calls: the request."""
        body = {"channel": "phone", **more}
        customer = {"name": name, "unit_code": unit, "phone": phone}
        return dict(self.post("/requests", customer=customer, content=content, **body))

    def issues(
        self,
        request: str,
        category: str,
        item: str | None = None,
        *,
        nature: str = "paid_special",
    ) -> str:
        """The request is taken on and the slip written: the order's number."""
        judgement = {"outcome": "accepted", "nature": nature, "category": category}
        if item is not None:
            judgement["price_item"] = item
        self.post(f"/requests/{request}/judgement", **judgement)
        number: str = self.post(f"/requests/{request}/orders")["number"]
        return number

    def dispatches(self, number: str, technician: str, **more: Any) -> Any:
        """The order goes to a technician."""
        return self.post(f"/orders/{number}/dispatch", technician=technician, **more)


def in_minutes(minutes: float) -> str:
    """A moment from now as the API reads it."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> dt.datetime:
    """A moment as the API writes it."""
    return dt.datetime.fromisoformat(text)
