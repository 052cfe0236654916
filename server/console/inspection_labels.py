"""What the words of inspection plans are called on the screen."""

from __future__ import annotations

from server.console.wording import marked

EVERY = {
    "weekly": marked("每周"),
    "monthly": marked("每月"),
}
