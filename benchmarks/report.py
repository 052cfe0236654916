"""Writes what was measured: the JSON file of results, and the figures inside docs/benchmarks.md."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, table

BEGIN, END = "<!-- figures: written by --doc -->", "<!-- end of figures -->"


def keep(folder: Path, about: dict[str, Any], figures: Sequence[Figure]) -> Path:
    """Write one run as JSON, under its time and as `latest.json`; the latter's path."""
    folder.mkdir(parents=True, exist_ok=True)
    results = {**about, "figures": [one.as_json() for one in figures]}
    text = json.dumps(results, ensure_ascii=False, indent=2) + "\n"
    stamp = re.sub(r"[^0-9T]", "", str(about["begun_at"]).split("+")[0])
    (folder / f"{stamp}Z.json").write_text(text, encoding="utf-8")
    latest = folder / "latest.json"
    latest.write_text(text, encoding="utf-8")
    return latest


def into_page(page: Path, about: dict[str, Any], figures: Sequence[Figure]) -> None:
    """Replace what stands between the two marks of a page. Raises ValueError without marks."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page} has no place for figures")
    told = f"{told_of(about)}\n\n{table(figures)}"
    page.write_text(f"{before}{begin}\n{told}\n{end}{after}", encoding="utf-8")


def told_of(about: dict[str, Any]) -> str:
    """Machine and circumstances in a few lines."""
    on = about["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in on["libraries"].items())
    quick = " (`--quick`)" if about["quick"] else ""
    return (
        f"Read at {about['begun_at']} in {about['seconds']} s{quick}, on {on['cores']} cores of "
        f"{on['cpu']}, {on['memory_gib']} GiB, {on['kernel']}; Python {on['python']}, "
        f"SQLite {on['sqlite']}, nats-server {on['nats_server']}, {libraries}. "
        f"Load average of the minute before: {about['load_before']:.1f}."
    )
