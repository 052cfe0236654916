"""All forms by their number; each module of `server.paper.forms` brings some (`FORMS`)."""

from __future__ import annotations

from server.paper.forms import (
    assets,
    billing,
    notices,
    orders,
    prices,
    quality,
    requests,
    shifts,
    stores,
)
from server.paper.forms import billing, orders, quality, requests, shifts
from server.paper.forms import month, orders, quality, requests, shifts
from server.paper.forms import billing, month, orders, quality, requests, shifts
from server.paper.register import Form

MODULES: tuple[tuple[Form, ...], ...] = (
    requests.FORMS,
    orders.FORMS,
    quality.FORMS,
    shifts.FORMS,
    billing.FORMS,
    assets.FORMS,
    prices.FORMS,
    notices.FORMS,
    stores.FORMS,
    month.FORMS,
)

FORMS: dict[str, Form] = {form.code: form for forms in MODULES for form in forms}
