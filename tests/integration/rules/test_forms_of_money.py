"""F-08 and F-09 hold what the trade wants on them, and the sums of the screen."""

import pytest

from server.errors import NotFound
from server.paper.document import Facts, Money, Signed, Table
from server.paper.forms.billing import FORMS
from server.paper.register import Asked
from tests.cast import HE_FANG, ZHOU_JIANGUO
from tests.factories import money
from tests.factories.money import LAMP, MARCH, SWITCH, repaired


def asked(world):
    by = world.by(HE_FANG)
    return Asked(
        session=world.session,
        settings=world.settings,
        estate_id=world.estate_id,
        user_id=by.user_id,
        roles=by.roles,
        now=world.now,
    )


def test_report_and_notice_on_paper_say_what_the_ledger_says(world):
    report_form, notice_form = FORMS
    lamp, switch = repaired(world, price=LAMP), repaired(world, price=SWITCH)
    with pytest.raises(NotFound):
        report_form.make(asked(world), "2025-03")
    money.approved(world, lamp, switch)
    with pytest.raises(NotFound):
        notice_form.make(asked(world), "2025-03")
    money.issue(world)

    (report,) = report_form.make(asked(world), "2025-03")
    by_method = next(block for block in report.blocks if isinstance(block, Table))
    assert by_method.total[1:] == (2, Money(3000), Money(3300), Money(0), Money(6300))
    facts = next(block for block in report.blocks if isinstance(block, Facts))
    assert (facts.rows[0][1], facts.rows[2][1]) == (f"{MARCH:%Y-%m}", HE_FANG.name)
    signed = next(block for block in report.blocks if isinstance(block, Signed))
    assert signed.name == ZHOU_JIANGUO.name

    (notice,) = notice_form.make(asked(world), "2025-03")
    assert notice_form.make(asked(world), notice.number)[0].blocks == notice.blocks
    (lines,) = notice.tables
    assert lines.rows == ((lamp.number, Money(3000)), (switch.number, Money(3300)))
    assert lines.total[1] == Money(6300)
