"""All forms by their number; each module of `server.paper.forms` brings some (`FORMS`)."""

from __future__ import annotations

from server.paper.forms import (
    assets,
    billing,
    complaints,
    incidents,
    month,
    notices,
    orders,
    prices,
    quality,
    requests,
    shifts,
    stores,
    visits,
)
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
    complaints.FORMS,
    visits.FORMS,
    month.FORMS,
    incidents.FORMS,
)

FORMS: dict[str, Form] = {form.code: form for forms in MODULES for form in forms}
