"""What the customer was billed against what went into the job (ST3, R-055, R-072)."""

from decimal import Decimal

import pytest

from server.work_orders.parts import Billed, Difference, Drawn, compare

TUBE = "M-TUBE36"


def billed(qty, **words):
    return Billed(item=TUBE, name="灯管", qty=Decimal(qty), **words)


def drawn(issued, used, out=0):
    return Drawn(
        item=TUBE,
        name="36 W 灯管",
        is_material=True,
        issued=Decimal(issued),
        used=Decimal(used),
        out=Decimal(out),
    )


@pytest.mark.parametrize(
    ("quote", "stock", "difference", "unbilled"),
    [
        ([billed(1)], [drawn(1, 1)], None, False),
        ([billed(1), billed(1)], [drawn(1, 1), drawn(1, 1)], None, False),
        ([billed(1)], [drawn(2, 2)], Difference.USED_NOT_BILLED, True),
        ([], [drawn(1, 1)], Difference.USED_NOT_BILLED, True),
        ([billed(2)], [drawn(2, 1)], Difference.BILLED_NOT_USED, True),
        ([billed(1)], [drawn(1, 0)], Difference.BILLED_NOT_USED, False),
        ([billed(1)], [], Difference.NOT_DRAWN, False),
        ([billed(1, owner_supplied=True)], [], None, False),
        ([billed(1)], [drawn(2, 1, out=1)], Difference.STILL_OUT, False),
    ],
    ids=[
        "as billed",
        "in two lines",
        "one too many",
        "not on the quote",
        "one too few",
        "drawn and brought back",
        "never drawn",
        "the owner's own",
        "one not back yet",
    ],
)
def test_an_item_is_compared(quote, stock, difference, unbilled):
    (part,) = compare(quote, stock, materials={TUBE})
    assert (part.difference, part.is_unbilled) == (difference, unbilled)


def test_labour_is_compared_with_nothing():
    labour = Billed(item="L-LAMP", name="修灯", qty=Decimal(1))
    assert compare([labour], [], materials=frozenset()) == ()


def test_a_borrowed_tool_is_in_order_once_it_is_back():
    def tool(out):
        return Drawn(
            item="T-MEGGER",
            name="摇表",
            is_material=False,
            issued=Decimal(1),
            used=Decimal(0),
            out=Decimal(out),
        )

    assert compare([], [tool(0)], materials=())[0].difference is None
    assert compare([], [tool(1)], materials=())[0].difference is Difference.STILL_OUT
