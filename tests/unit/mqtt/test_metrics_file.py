"""The counters that operators read."""

import json

import pytest

from mqtt.metrics import Metrics
from mqtt.worker import _says_absent


def test_counters_and_state_stand_in_one_file(tmp_path):
    metrics = Metrics(tmp_path / "metrics.json")
    metrics.count("in_events")
    metrics.count("in_events", 4)
    metrics.write({"connected": True})

    content = json.loads((tmp_path / "metrics.json").read_text())
    assert content == {"connected": True, "counts": {"in_events": 5}}
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.json"]


def test_an_unchanged_file_is_not_written_again(tmp_path):
    metrics = Metrics(tmp_path / "metrics.json")
    metrics.write({"connected": True})
    (tmp_path / "metrics.json").unlink()
    metrics.write({"connected": True})
    assert not (tmp_path / "metrics.json").exists()
    metrics.write({"connected": False})
    assert (tmp_path / "metrics.json").exists()


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b'{"online": false, "epoch": "e", "at": "x"}', True),
        (b'{"online": true, "epoch": "e", "at": "x"}', False),
        (b"false", False),
        (b"\xff", False),
        (b"", False),
    ],
)
def test_only_a_server_said_to_be_away_is_contradicted(payload, says):
    assert _says_absent(payload) is says
