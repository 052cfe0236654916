"""Counts what goes over the wire, in a file that operators and monitors can read."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

FILE_NAME = "metrics-mqtt.json"


class Metrics:
    """Counters since this process started; `file` is replaced as a whole, so it always parses."""

    def __init__(self, file: Path) -> None:
        """Count from nought and write to `file` when told to."""
        self._file = file
        self._counts: Counter[str] = Counter()
        self._written = ""

    def count(self, name: str, number: int = 1) -> None:
        """Add to a counter; names are `in_…`, `refused_…`, `out_…` and the like."""
        self._counts[name] += number

    def __getitem__(self, name: str) -> int:
        """The present count, 0 where nothing was counted."""
        return self._counts[name]

    def write(self, state: Mapping[str, object]) -> None:
        """Write the counters beside `state`; does nothing where nothing changed."""
        content = {**state, "counts": dict(sorted(self._counts.items()))}
        text = json.dumps(content, indent=1) + "\n"
        if text == self._written:
            return
        beside = self._file.with_suffix(".part")
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, self._file)  # noqa: PTH105  named for what it does: atomic
        self._written = text
