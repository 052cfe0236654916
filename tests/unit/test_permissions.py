"""Who may do what: every cell of the matrix, for every role, against a table written here."""

import itertools

import pytest

from server.accounts.permissions import COLUMN, MATRIX, Role, level, may, may_read

COLUMNS = ["CU", "TE", "FD", "DD", "DA", "CA", "SU", "CM", "GP", "FI", "ST", "HR", "OF", "SA"]
# D does, O own cases only, A approves or decides, R reads, . nothing.
TABLE = """
request.capture      O D D D D D D D D D D D D .
request.register     . . . D . . . D . . . . . .
request.judge        . . . D . . . D . . . . . .
order.issue          . . D D . . . D . . . . . .
order.dispatch       . . D D . . . D . . . . . .
order.recall         . . D D . . . D . . . . . .
request.reply        . . D D D D . D D . . . . .
order.void           . . . D . . . A . . . . . .
order.fieldwork      . O . . . . . . . . . . . .
order.confirm        O . . . . . . . . . . . . .
order.approve_price  . . . . . . . A A . . . . .
order.override_limit . . . . . . A A . . . . . .
order.decide         . . . . . . . A A . . . . .
order.write_off      . . D D . . . . . . . . . .
stock.use            . O . . . . . R R R . . . .
stock.issue          . . . . . . . . . . D . . .
damage.report        O O D D D D D D D D D D D .
damage.settle        . . . . . . . D A R . . . .
visit.plan           . . . . D . . D . . . . . .
visit.make           . . D . D D . D D . . . . .
visit.close          . . . . . . . D . . . . . .
visit.spot_check     . . . . . . . D D . . . . .
complaint.record        . . . D . . . D . . . D . .
complaint.judge         . . . D . . . D D . . D . .
complaint.handle        . O D D D D D D D . . D . .
complaint.handle_major  . . . . . . . O D . . . . .
complaint.refer         . . . . . . . . D . . . . .
complaint.verify        . . . . D . . D R . . D . .
complaint.visit         . . D . . D . D D . . D . .
complaint.forum         . . . . . . . D D . . . . .
billing.register        . . . . . . . R R D . . . .
billing.review          . . . . . . . . A . . . . .
fee_notice.issue        O . . . . . . R R D . . . .
fee_notice.deliver      O . . . . D . R R . . . . .
slips.give              . . D D D . . R . . . . . .
slips.receive           . . . . . . . R . D . . O .
summary.write           . . . . D D R R R . . . . .
quality.review       . . . . . . D D R . . . . .
report.read          . . . . D D R R R . . . . .
order.archive        . O R R D D R R R R . R . .
price_list.publish   . . . . . . D A A D . . . .
checklist.publish    . . . . . . D A A D . . . .
device.manage        . . . . . . . A . . . . . D
device.report_lost   . O . D . . . A . . . . . D
user.manage          . . . . . . . A A . . . . D
audit.read           . . . . . . . R R . . . . R
message.send         . . D D D D D D D D D D D D
"""
CELLS = {
    action: dict(zip(COLUMNS, levels, strict=True))
    for action, *levels in (line.split() for line in TABLE.strip().splitlines())
}
#: What we added beside the matrix of the trade: looking things up, incidents (R-026), the roster
#: and notices to handhelds.
OURS = {
    "assignment.plan",
    "order.read",
    "request.read",
    "photo.read",
    "incident.report",
    "incident.handle",
    "account.self",
    "roster.plan",
    "notice.send",
    "complaint.read",
    "complaint.relay",
    "rectification.carry_out",
    "asset.manage",
    "asset.decide",
    "warranty.rule",
    "preventive.plan",
    "capacity.decide",
    "incident.decide",
    "fee_notice.read",
    "waiver.ask",
    "stock.keep",
    "public_notice.publish",
    "weekly.write",
    "weekly.read",
    "summary.read",
    "slips.take_in",
    "month.read",
    "neighbour.manage",
}


def test_the_matrix_has_these_actions_and_no_other():
    assert set(MATRIX) == set(CELLS) | OURS


@pytest.mark.parametrize("action", sorted(CELLS))
def test_each_role_may_do_what_its_column_says(action):
    for role in Role:
        cell = CELLS[action][COLUMN[role]]
        roles = frozenset({role.value})
        assert level(action, roles) == (None if cell == "." else cell)
        assert may(action, roles) == (cell in "DA")
        assert may_read(action, roles) == (cell != ".")


def test_every_role_stands_in_a_column_and_every_column_has_a_role():
    assert set(COLUMN) == set(Role)
    assert set(COLUMN.values()) == set(COLUMNS)


def test_somebody_with_two_roles_has_the_stronger_of_both():
    strength = {None: 0, "R": 1, "O": 2, "A": 3, "D": 4}
    for action, (one, other) in itertools.product(MATRIX, itertools.combinations(Role, 2)):
        alone = [level(action, frozenset({role})) for role in (one, other)]
        together = level(action, frozenset({one, other}))
        assert strength[together] == max(strength[said] for said in alone)


def test_nobody_without_a_role_may_do_anything():
    for action in MATRIX:
        assert level(action, frozenset()) is None
        assert not may(action, frozenset())
        assert not may_read(action, frozenset())


def test_an_action_that_is_not_in_the_matrix_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        level("order.teleport", frozenset({"gpm"}))


def test_a_technician_never_judges_decides_or_prices():
    technician = frozenset({"technician"})
    for action in ("quality.review", "order.decide", "order.approve_price", "order.write_off"):
        assert not may_read(action, technician)


def test_looking_up_is_for_the_house_and_customers_see_only_their_own():
    for action in ("order.read", "request.read", "photo.read"):
        assert level(action, frozenset({"customer"})) == "O"
        assert level(action, frozenset({"system_admin"})) is None


def test_whoever_has_deadlines_counted_again_reads_complaints():
    """The clocks of a complaint are told with them."""
    for role in Role:
        if level("report.read", frozenset({role})):
            assert level("complaint.read", frozenset({role})) in {"D", "A", "R"}, role
