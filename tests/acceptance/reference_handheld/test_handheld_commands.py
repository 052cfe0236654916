"""The handheld as a person starts it: paired, run, killed with -9, started again, wiped."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reference_handheld import outgoing, photos
from reference_handheld.store import Store
from tests.acceptance.reference_handheld.web_office import WebOffice
from tests.broker_process import wait_until

ORDER = "FW-202503-0001"
PROGRAM = [sys.executable, "-c", "from reference_handheld.commands import handheld; handheld()"]


class Handheld:
    """The program in a process of its own, with its home folder."""

    def __init__(self, home: Path, office: WebOffice) -> None:
        self.home = home
        self.office = office
        self.environment = os.environ | {
            "PAIGONG_HANDHELD_HOME": str(home / "hh"),
            "PYTHONIOENCODING": "utf-8",
        }

    def calls(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*PROGRAM, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def starts(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*PROGRAM, "run", "--http-only", *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def script(self, *items: dict[str, Any]) -> str:
        path = self.home / "script.json"
        path.write_text(json.dumps(items), encoding="utf-8")
        return str(path)

    def store(self) -> Store:
        return Store(self.home / "hh" / "handheld.sqlite")


@pytest.fixture
def office() -> Iterator[WebOffice]:
    office = WebOffice()
    office.orders[ORDER] = {
        "number": ORDER,
        "version": 1,
        "state": "on_site",
        "category": "lamp",
        "customer": {"name": "王丽华", "unit_code": "3栋2单元1502", "phone": "139"},
        "checklist": None,
        "quote": None,
        "run": [],
        "rework_round": 0,
        "returned_steps": [],
    }
    yield office
    office.close()


@pytest.fixture
def handheld(tmp_path: Path, office: WebOffice) -> Handheld:
    handheld = Handheld(tmp_path, office)
    paired = handheld.calls("pair", "AB12CD", "--url", office.url)
    assert paired.returncode == 0, paired.stderr
    return handheld


def run_to_the_end(handheld: Handheld, *words: str) -> "subprocess.CompletedProcess[str]":
    return handheld.calls("run", "--http-only", "--until-idle", *words)


def test_a_code_works_once(handheld: Handheld, office: WebOffice) -> None:
    again = handheld.calls("pair", "AB12CD", "--url", office.url)
    assert again.returncode == 1
    assert "配对码无效" in again.stderr


def test_an_unpaired_handheld_says_so(tmp_path: Path, office: WebOffice) -> None:
    told = Handheld(tmp_path, office).calls("run", "--until-idle")
    assert told.returncode == 4
    assert "not paired" in told.stderr


def test_a_script_is_carried_out_over_http_alone(handheld: Handheld, office: WebOffice) -> None:
    script = handheld.script(
        {"wait_for": "order"},
        {"do": "inspect", "note": "灯管两端发黑", "photos": ["before"]},
        {"do": "quote", "lines": [{"item": "L-LAMP", "qty": "1"}], "total_fen": 1500},
        {"do": "confirm_quote", "method": "handheld_signature", "signer": "王丽华"},
        {"do": "record", "step": "LAMP-08", "answer": {"ok": False}},
        {"do": "record", "step": "LAMP-08", "answer": {"ok": True}},
    )
    done = run_to_the_end(handheld, "--script", script)
    assert done.returncode == 0, done.stdout + done.stderr
    assert office.types() == [
        "order.inspected",
        "order.quoted",
        "quote.confirmed",
        "step.recorded",
        "step.recorded",
    ]
    inspected, _, confirmed, first, second = (event["data"] for event in office.applied)
    assert inspected["photos"][0]["sha256"] in office.photos
    assert office.photos[confirmed["signature"]].startswith(b"\x89PNG")
    assert (first["attempt"], second["attempt"]) == (1, 2)
    tags = {facts["tag"]: facts for facts in office.photo_facts}
    assert "step" not in tags["signature"]


def test_what_is_done_offline_is_sent_once_the_network_is_back(
    handheld: Handheld, office: WebOffice
) -> None:
    script = handheld.script(
        {"wait_for": "order"},
        {"do": "offline"},
        {"do": "open"},
        {"do": "hazard", "kind": "water"},
        {"do": "online"},
        {"wait_for": "answers"},
        {"do": "resume"},
    )
    run_to_the_end(handheld, "--script", script)
    assert office.types() == ["order.opened", "hazard.alarm", "order.resumed"]


def test_killed_again_and_again_nothing_is_lost_or_doubled(
    handheld: Handheld, office: WebOffice
) -> None:
    items = [
        {"do": "record", "step": f"S-{number:02}", "answer": {"ok": True}, "photos": ["before"]}
        for number in range(24)
    ]
    script = handheld.script({"wait_for": "order"}, *items)
    for progress in range(2, 24, 3):
        process = handheld.starts("--script", script)
        wait_until(lambda seen=progress: len(office.applied) >= seen, seconds=20)
        process.kill()
        process.communicate()
    done = run_to_the_end(handheld, "--script", script)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [event["data"]["step"] for event in office.applied] == [item["step"] for item in items]
    assert [event["seq"] for event in office.applied] == list(range(1, 25))
    assert {event["data"]["photos"][0]["sha256"] for event in office.applied} == set(office.photos)


def test_an_upload_broken_off_anywhere_goes_on_at_that_byte(
    handheld: Handheld, office: WebOffice
) -> None:
    office.cut_at = [0, 1, 1000, 7]
    script = handheld.script(
        {"wait_for": "order"}, {"do": "inspect", "note": "x", "photos": ["before"]}
    )
    done = run_to_the_end(handheld, "--script", script)
    assert done.returncode == 0, done.stdout
    assert [offset for offset, _ in office.pieces] == [0, 0, 1, 1001, 1008]
    assert len(office.photos) == 1


def test_a_photo_is_freed_only_when_it_stands_in_the_receipt(
    handheld: Handheld, office: WebOffice
) -> None:
    script = handheld.script(
        {"wait_for": "order"}, {"do": "inspect", "note": "x", "photos": ["before"]}
    )
    office.loses_photos = True
    process = handheld.starts("--script", script)
    wait_until(lambda: len(office.photo_facts) >= 2, seconds=60)
    office.loses_photos = False
    store = handheld.store()
    wait_until(lambda: photos.counts(store) == {"verified": 1}, seconds=20)
    assert store.db.execute("SELECT body FROM photos").fetchone()[0] is None
    store.close()
    process.terminate()
    process.communicate()


def test_the_login_page_of_a_hotel_is_not_taken_for_the_server(
    handheld: Handheld, office: WebOffice
) -> None:
    script = handheld.script(
        {"wait_for": "order"},
        {"do": "offline"},
        {"do": "inspect", "note": "x", "photos": ["before"]},
        {"do": "pause", "seconds": 3},
        {"do": "online"},
    )
    process = handheld.starts("--script", script, "--until-idle")
    store = handheld.store()
    wait_until(lambda: photos.waiting_count(store) == 1, seconds=20)
    office.is_hotel = True
    wait_until(lambda: not store.fact("script").get("offline", True), seconds=20)
    wait_until(
        lambda: store.db.execute("SELECT sum(tries) FROM photos").fetchone()[0] > 1, seconds=60
    )
    assert office.applied == []
    office.is_hotel = False
    process.communicate(timeout=60)
    assert office.types() == ["order.inspected"]
    assert len(office.photos) == 1
    store.close()


def test_a_photo_the_server_does_not_want_is_shown_and_not_sent_for_ever(
    handheld: Handheld, office: WebOffice
) -> None:
    office.refused_photos = {"rule": "R-005", "detail": "照片已用于别的步骤; Used on another step"}
    script = handheld.script(
        {"wait_for": "order"}, {"do": "inspect", "note": "x", "photos": ["before"]}
    )
    done = run_to_the_end(handheld, "--script", script)
    assert "照片已用于别的步骤" in done.stdout
    assert office.photos == {}


def test_photos_of_an_incident_follow_its_report(handheld: Handheld, office: WebOffice) -> None:
    found = {"place": "大堂", "category": "cleaning", "description": "地面有水"}
    script = handheld.script({"do": "incident", "photos": ["before"], **found})
    run_to_the_end(handheld, "--script", script)
    (event,) = office.applied
    ((sha256, _),) = office.photos.items()
    assert event["data"]["photos"] == [{"sha256": sha256, "tag": "before"}]
    (facts,) = office.photo_facts
    assert (facts["event"], "order" in facts) == (event["id"], False)
    store = handheld.store()
    assert photos.counts(store) in ({"verified": 1}, {})
    store.close()


def test_a_refused_event_is_shown_by_status(handheld: Handheld, office: WebOffice) -> None:
    office.refuse = lambda event: event["type"] == "order.ready"
    run_to_the_end(handheld, "--script", handheld.script({"wait_for": "order"}, {"do": "ready"}))
    status = handheld.calls("status").stdout
    assert "order.ready" in status
    assert "R-056" in status


def test_a_receipt_is_printed(handheld: Handheld, office: WebOffice) -> None:
    script = handheld.script(
        {"wait_for": "order"}, {"do": "inspect", "note": "x", "photos": ["before"]}
    )
    run_to_the_end(handheld, "--script", script)
    told = handheld.calls("receipt", ORDER).stdout
    assert next(iter(office.photos))[:12] in told


def test_terminated_it_stops_cleanly(handheld: Handheld, office: WebOffice) -> None:
    process = handheld.starts("--script", handheld.script({"wait_for": "order"}, {"do": "open"}))
    wait_until(lambda: office.applied, seconds=60)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_lost_handheld_wipes_itself_when_the_server_says_so(
    handheld: Handheld, office: WebOffice
) -> None:
    run_to_the_end(handheld, "--script", handheld.script({"wait_for": "order"}, {"do": "open"}))
    office.revoked = {"detail": "手持机已停用; Revoked", "command": "device.wipe"}
    done = handheld.calls("run", "--http-only")
    assert done.returncode == 3
    store = handheld.store()
    assert store.pairing() is None
    assert outgoing.last_seq(store) == 0
    store.close()


def test_a_token_that_is_no_longer_good_is_no_order_to_wipe(
    handheld: Handheld, office: WebOffice
) -> None:
    office.revoked = {"detail": "手持机未配对; Not paired"}
    assert handheld.calls("run", "--http-only").returncode == 4
    store = handheld.store()
    assert store.pairing() is not None
    store.close()


def test_an_action_without_its_order_ends_the_script_with_the_item(handheld: Handheld) -> None:
    script = handheld.script({"do": "open", "order": "FW-202503-0099"})
    told = handheld.calls("run", "--http-only", "--script", script)
    assert told.returncode == 1
    assert "item 1" in told.stderr


def test_a_script_with_a_mistake_names_the_item(handheld: Handheld) -> None:
    told = handheld.calls("run", "--script", handheld.script({"wait_for": "order"}, {"do": "fly"}))
    assert told.returncode == 1
    assert "item 2" in told.stderr
