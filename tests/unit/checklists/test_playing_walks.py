"""The writer of a twin can have the templates, and walks played, without a server."""

import json
import subprocess
import sys
from typing import Any

from checklists.catalogue import load_catalogue


def told(module: str, *lines: Any) -> list[Any]:
    """What a module prints, a JSON value a line, when it is given these."""
    given = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(
        [sys.executable, "-m", module], input=given, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_catalogue_is_printed_in_its_wire_form() -> None:
    wire = [template.to_json() for template in load_catalogue().values()]
    assert told("checklists.catalogue") == json.loads(json.dumps(wire))


def test_after_every_entry_it_says_what_the_engine_says() -> None:
    photo = {"step": "LAMP-01", "answer": {}}
    work = {"step": "LAMP-09", "answer": {"done": True}}
    waiting = {"context": {"price_confirmed": False}}
    first, second = told(
        "checklists.golden",
        {"template": "CL-LAMP", "given": [photo, waiting, work]},
        {"template": "CL-AC", "given": []},
    )
    assert second == []
    assert [said.get("status") for said in first] == ["pass", None, None]
    assert [said["next"] for said in first] == [["LAMP-02"]] * 3
    assert first[2]["refused"] == ["not-applicable", "price-not-confirmed"]
    assert first[2]["words"][1] == [
        "客户确认价格之前不能动手施工",
        "No work is done before the customer has confirmed the price",
    ]
