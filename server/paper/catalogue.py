"""All forms by their number; each module of `server.paper.forms` brings some (`FORMS`)."""

from __future__ import annotations

from server.paper.forms import orders, quality, requests, shifts, visits
from server.paper.register import Form

MODULES: tuple[tuple[Form, ...], ...] = (
    requests.FORMS,
    orders.FORMS,
    quality.FORMS,
    shifts.FORMS,
    visits.FORMS,
)

FORMS: dict[str, Form] = {form.code: form for forms in MODULES for form in forms}
