"""The console's pages, registered on the application."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Register the console."""
