"""Who may do what: the permission matrix as one table, and nothing beside it.

A route names an action, never a role. `D` does, `O` only own cases, `A` approves or decides,
`R` reads; what is not in the table is not allowed.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The roles that can sign in."""

    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    FRONT_DESK = "front_desk"
    DISPATCH_DUTY = "dispatch_duty"
    CONTROL_DUTY = "control_duty"
    DISPATCH_ASSISTANT = "dispatch_assistant"
    DISPATCH_HEAD = "dispatch_head"
    CS_ASSISTANT = "cs_assistant"
    PRECINCT_ASSISTANT = "precinct_assistant"
    CS_SUPERVISOR = "cs_supervisor"
    QA_REVIEWER = "qa_reviewer"
    CS_MANAGER = "cs_manager"
    GPM = "gpm"
    SITE_PM = "site_pm"
    FINANCE = "finance"
    STOREKEEPER = "storekeeper"
    ADMIN_HR = "admin_hr"
    OFFICE_ADMIN = "office_admin"
    DEPT_HEAD = "dept_head"
    SECURITY_DEPT = "security_dept"
    OPERATIONS_DEPT = "operations_dept"
    CLUBHOUSE_ASSISTANT = "clubhouse_assistant"
    CONTRACTOR = "contractor"
    SYSTEM_ADMIN = "system_admin"


#: Column of the matrix in which a role stands.
COLUMN: dict[Role, str] = {
    Role.CUSTOMER: "CU",
    Role.TECHNICIAN: "TE",
    Role.FRONT_DESK: "FD",
    Role.DISPATCH_DUTY: "DD",
    Role.CONTROL_DUTY: "DD",
    Role.DISPATCH_ASSISTANT: "DA",
    Role.DISPATCH_HEAD: "DA",
    Role.CS_ASSISTANT: "CA",
    Role.PRECINCT_ASSISTANT: "CA",
    Role.CS_SUPERVISOR: "SU",
    Role.QA_REVIEWER: "SU",
    Role.CS_MANAGER: "CM",
    Role.GPM: "GP",
    Role.SITE_PM: "GP",
    Role.FINANCE: "FI",
    Role.STOREKEEPER: "ST",
    Role.ADMIN_HR: "HR",
    Role.OFFICE_ADMIN: "OF",
    Role.DEPT_HEAD: "OF",
    Role.SECURITY_DEPT: "OF",
    Role.OPERATIONS_DEPT: "OF",
    Role.CLUBHOUSE_ASSISTANT: "OF",
    Role.CONTRACTOR: "OF",
    Role.SYSTEM_ADMIN: "SA",
}

COLUMNS = ("CU", "TE", "FD", "DD", "DA", "CA", "SU", "CM", "GP", "FI", "ST", "HR", "OF", "SA")

_ROWS = """
request.capture         O D D D D D D D D D D D D .
request.register        . . . D . . . D . . . . . .
request.judge           . . . D . . . D . . . . . .
order.issue             . . D D . . . D . . . . . .
order.dispatch          . . D D . . . D . . . . . .
order.recall            . . D D . . . D . . . . . .
request.reply           . . D D D D . D D . . . . .
order.void              . . . D . . . A . . . . . .
order.fieldwork         . O . . . . . . . . . . . .
order.confirm           O . . . . . . . . . . . . .
order.approve_price     . . . . . . . A A . . . . .
order.override_limit    . . . . . . A A . . . . . .
order.decide            . . . . . . . A A . . . . .
order.write_off         . . D D . . . . . . . . . .
stock.use               . O . . . . . R R R . . . .
stock.issue             . . . . . . . . . . D . . .
damage.report           O O D D D D D D D D D D D .
damage.settle           . . . . . . . D A R . . . .
visit.plan              . . . . D . . D . . . . . .
visit.make              . . D . D D . D D . . . . .
visit.close             . . . . . . . D . . . . . .
visit.spot_check        . . . . . . . D D . . . . .
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
quality.review          . . . . . . D D R . . . . .
report.read             . . . . D D R R R . . . . .
order.archive           . O R R D D R R R R . R . .
price_list.publish      . . . . . . D A A D . . . .
checklist.publish       . . . . . . D A A D . . . .
device.manage           . . . . . . . A . . . . . D
device.report_lost      . O . D . . . A . . . . . D
user.manage             . . . . . . . A A . . . . D
audit.read              . . . . . . . R R . . . . R
order.read              O O D D D D D D D D D D . .
request.read            O . D D D D D D D D . D . .
photo.read              O O D D D D D D D D . D . .
assignment.plan         . . R R D . R D A . . . . .
incident.report         O D D D D D D D D D D D D .
incident.handle         . . D D D D D D D . . . D .
roster.plan             . O R R D R D D R . . R . .
notice.send             . . R D D R R D R . . . . D
complaint.read          . O R R R R R R R . . R . .
complaint.relay         . D D D D D D D D D D D D .
rectification.carry_out . O O O O O O D D O O O O .
asset.manage            . . D D D D D D R R . . . .
asset.decide            . . . . . . . A A . . . . .
warranty.rule           . . . . . . A A A . . . . .
preventive.plan         . . . R D R D D R . . . . .
capacity.decide         . . . . . . . A A . . . . .
incident.decide         . . . . . . . D D . . . O .
fee_notice.read         . . . . . R . R R R . . . .
waiver.ask              . . D D . D . D . D . . . .
stock.keep              . . . . . . . R R R D . . .
public_notice.publish   . . . . D D . D A . . . . .
message.send            . . D D D D D D D D D D D D
weekly.write            . . D . D D R R R . . . . .
weekly.read             . . . . . . R D D . . . . .
summary.read            . . . . R R R R D . . . . .
slips.take_in           . . . D D . . R . . . . . .
month.read              . . R R R R R D R R . . . .
neighbour.manage        . . . . . . . R . . . . . D
account.self            D D D D D D D D D D D D D D
"""

#: action -> column -> level. The last block is ours: the matrix speaks of reading only where it names
#: the archive, and neither of how orders are handed out, nor of the roster (whoever leads the desk
#: plans it, everybody at it reads, a technician his own line), nor of notices to handhelds, nor of
#: assets, plans, the warehouse's own stock, messages and neighbour systems. Notices of fees are read
#: by whoever issues, hands out or follows them (`fee_notice.read`). `slips.receive` at level O is the
#: records clerk, whom the matrix shows beside finance (A-07).
MATRIX: dict[str, dict[str, str]] = {
    action: {column: level for column, level in zip(COLUMNS, levels, strict=True) if level != "."}
    for action, *levels in (line.split() for line in _ROWS.strip().splitlines())
}

DOES = frozenset("DA")
#: Levels at which anybody's case is read; at `O` only one's own, at none nobody's.
READS = frozenset("DAR")
_STRENGTH = {"R": 1, "O": 2, "A": 3, "D": 4}


def level(action: str, roles: frozenset[str]) -> str | None:
    """The strongest level at which somebody with these roles may do `action`; None = not at all.

    Raises KeyError for an action that is not in the table: a route must not invent one.
    """
    row = MATRIX[action]
    levels = [row[COLUMN[Role(role)]] for role in roles if COLUMN[Role(role)] in row]
    return max(levels, key=_STRENGTH.__getitem__, default=None)


def may(action: str, roles: frozenset[str]) -> bool:
    """Whether somebody with these roles does or decides `action` for anybody's case."""
    return level(action, roles) in DOES


def decides(action: str, roles: frozenset[str]) -> bool:
    """Whether one of these roles approves `action` (A), whatever the others do."""
    row = MATRIX[action]
    return any(row.get(COLUMN[Role(role)]) == "A" for role in roles)


def may_read(action: str, roles: frozenset[str]) -> bool:
    """Whether somebody with these roles may at least read what `action` is about."""
    return level(action, roles) is not None
