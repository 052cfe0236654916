"""Who may do what about this one complaint. Pure.

The matrix says who does something at all; here stands what this complaint takes away again: the CS
centre from what is said against it (R-034, A-26), everybody but the general manager and whom he
named from a major one (R-111), and whoever is complained of from all of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.accounts.permissions import COLUMN, Role, level, may
from server.complaints.guards import Reason
from server.complaints.lifecycle import ComplaintState

#: The columns of the matrix that make up the CS centre, its manager included (A-26).
CS_COLUMNS = frozenset({"FD", "DD", "DA", "CA", "SU", "CM"})


@dataclass(frozen=True, kw_only=True)
class Case:
    """The complaint, as far as it decides who may act."""

    target: str
    state: ComplaintState = ComplaintState.JUDGING
    major: bool = False
    handler_id: uuid.UUID | None = None
    delegate_id: uuid.UUID | None = None
    about_user_id: uuid.UUID | None = None

    @property
    def about_centre(self) -> bool:
        """Whether it is against the CS centre."""
        return self.target == "cs_centre"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who wants to act."""

    id: uuid.UUID | None
    roles: frozenset[str]

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the matrix in which they stand."""
        return frozenset(COLUMN[Role(role)] for role in self.roles)

    @property
    def in_centre(self) -> bool:
        """Whether they belong to the CS centre."""
        return bool(self.columns & CS_COLUMNS)


COMPLAINED_OF = Reason(
    slug="complained-of",
    rule=None,
    zh="投诉针对您本人,不能由您经办。",
    en="The complaint is about you; somebody else deals with it.",
)
AGAINST_CENTRE = Reason(
    slug="against-the-centre",
    rule="R-034",
    zh="投诉针对客服中心,由行政人事部办理。",
    en="It is against the CS centre: Administration & HR deals with it.",
)
CENTRE_ONLY = Reason(
    slug="centre-only",
    rule="R-033",
    zh="投诉只由客服中心办理,其他部门请转告。",
    en="Complaints are the CS centre's; other departments relay them.",
)
MANAGER_JUDGES = Reason(
    slug="manager-judges",
    rule="R-113",
    zh="已报经理判别。",
    en="It is with the manager to be judged.",
)
MAJOR_HANDLER = Reason(
    slug="major-handler",
    rule="R-111",
    zh="重大投诉由总物业经理或他指定的人处理。",
    en="A major complaint is dealt with by the general manager or whom he named.",
)
ONLY_GPM = Reason(
    slug="only-gpm",
    rule="R-116",
    zh="只有总物业经理可以上报公司。",
    en="Only the general manager refers it to the company.",
)
GPM_NAMES = Reason(
    slug="gpm-names",
    rule="R-111",
    zh="只有总物业经理可以指定代理人。",
    en="Only the general manager names a delegate.",
)
MAJOR_VERIFIER = Reason(
    slug="major-verifier",
    rule="R-118",
    zh="重大投诉由客服经理验证。",
    en="The CS manager verifies a major complaint.",
)
VERIFIER = Reason(
    slug="verifier",
    rule="R-117",
    zh="由调度助理验证处理结果。",
    en="The dispatch assistant verifies how it was dealt with.",
)
MAJOR_VISITOR = Reason(
    slug="major-visitor",
    rule="R-121",
    zh="重大投诉由客服经理上门回访。",
    en="The CS manager makes the visit of a major complaint.",
)
CENTRE_MAJOR = Reason(
    slug="centre-major",
    rule="R-034",
    zh="针对客服中心的重大投诉由总物业经理或他在中心以外指定的人办理。",
    en="A major complaint against the centre is the general manager's, or whom he named outside it.",
)
VISITOR = Reason(
    slug="visitor",
    rule="R-120",
    zh="投诉回访由客服助理或前台进行。",
    en="CS assistants and receptionists make the visit.",
)
ISSUER = Reason(
    slug="order-issuer",
    rule="R-050",
    zh="工单由值班调度或前台开出。",
    en="The duty officer or the front desk issues orders.",
)
PLANNER = Reason(
    slug="visit-planner",
    rule="R-148",
    zh="回访由调度中心负责人安排。",
    en="The head of the dispatch centre gives visits to people.",
)
FORUM = Reason(
    slug="forum",
    rule="R-124",
    zh="座谈会和公布由客服经理或总物业经理主持。",
    en="Forum and publication are the CS manager's or the general manager's.",
)


def why_not(action: str, person: Person, case: Case) -> Reason | None:
    """Why this person may not do this about this complaint; None where they may.

    Raises KeyError for an action that is not among ACTIONS.
    """
    ask = ACTIONS[action]
    if person.id is not None and person.id == case.about_user_id:
        return COMPLAINED_OF
    return ask(person, case)


def _records(person: Person, case: Case) -> Reason | None:
    # The desk takes down also what is said against it; HR takes down only that (5.1, D*).
    if not may("complaint.record", person.roles):
        return CENTRE_ONLY
    return None if case.about_centre or person.in_centre else CENTRE_ONLY


def _judges(person: Person, case: Case) -> Reason | None:
    if case.about_centre:
        return _judges_centre(person, case)
    if not may("complaint.judge", person.roles) or not person.columns & {"DD", "CM", "GP"}:
        return CENTRE_ONLY
    if case.state is ComplaintState.JUDGING_BY_MANAGER and not person.columns & {"CM", "GP"}:
        return MANAGER_JUDGES
    return None


def _judges_centre(person: Person, case: Case) -> Reason | None:
    """Hard constraint 7: Administration & HR, the general manager where it is major or was
    handed to him."""
    if person.in_centre:
        return AGAINST_CENTRE
    if "HR" in person.columns:
        return None
    handed_up = case.state is ComplaintState.JUDGING_BY_MANAGER
    return None if "GP" in person.columns and (case.major or handed_up) else AGAINST_CENTRE


def _handles(person: Person, case: Case) -> Reason | None:
    if case.about_centre and person.in_centre:
        return AGAINST_CENTRE
    if case.major:
        named = person.id is not None and person.id == case.delegate_id
        return None if "GP" in person.columns or named else MAJOR_HANDLER
    return _handles_ordinary(person, case)


def _handles_ordinary(person: Person, case: Case) -> Reason | None:
    allowed = level("complaint.handle", person.roles)
    if allowed == "O":
        allowed = "D" if person.id is not None and person.id == case.handler_id else None
    if allowed != "D":
        return AGAINST_CENTRE if case.about_centre else CENTRE_ONLY
    if case.about_centre:
        return None
    # HR's D* is for what is said against the centre.
    return CENTRE_ONLY if person.columns <= {"HR", "OF", "SA", "FI", "ST"} else None


def _tells(person: Person, case: Case) -> Reason | None:
    # Whoever tracks it tells the complainant: who deals with it, and who verifies it.
    handles = _handles(person, case)
    if handles is None or _verifies(person, case) is None:
        return None
    return handles


def _explains(person: Person, case: Case) -> Reason | None:
    if case.about_centre:
        # What is invalid is not major: HR explains, or the general manager where needed.
        if person.in_centre or not person.columns & {"HR", "GP"}:
            return AGAINST_CENTRE
        return None
    return _handles_ordinary(person, case)


def _issues_order(person: Person, case: Case) -> Reason | None:
    if case.about_centre and person.in_centre:
        return AGAINST_CENTRE
    return None if may("order.issue", person.roles) else ISSUER


def _names_delegate(person: Person, _case: Case) -> Reason | None:
    return None if may("complaint.handle_major", person.roles) else GPM_NAMES


def _refers(person: Person, _case: Case) -> Reason | None:
    return None if may("complaint.refer", person.roles) else ONLY_GPM


def _verifies(person: Person, case: Case) -> Reason | None:
    if case.about_centre:
        return _closes_centre(person, case)
    if case.major:
        return None if "CM" in person.columns else MAJOR_VERIFIER
    return None if person.columns & {"DA", "CM"} else VERIFIER


def _visits(person: Person, case: Case) -> Reason | None:
    if case.about_centre:
        if not case.major and "GP" in person.columns and not person.in_centre:
            return None  # he visits ordinary ones as well
        return _closes_centre(person, case)
    if case.major:
        return None if "CM" in person.columns else MAJOR_VISITOR
    return None if person.columns & {"FD", "CA", "CM", "GP"} else VISITOR


def _plans_visit(person: Person, case: Case) -> Reason | None:
    # whom the visits of the centre's own people fall to is not the centre's to say.
    if case.about_centre and person.in_centre:
        return AGAINST_CENTRE
    return None if may("visit.plan", person.roles) else PLANNER


def _closes_centre(person: Person, case: Case) -> Reason | None:
    """A-26: verified and visited outside the centre; a major one by the general manager."""
    if person.in_centre:
        return AGAINST_CENTRE
    if case.major:
        named = person.id is not None and person.id == case.delegate_id
        return None if "GP" in person.columns or named else CENTRE_MAJOR
    return None if "HR" in person.columns else AGAINST_CENTRE


def _convenes(person: Person, _case: Case) -> Reason | None:
    return None if may("complaint.forum", person.roles) else FORUM


#: action -> who is asked
ACTIONS: Mapping[str, Callable[[Person, Case], Reason | None]] = {
    "record": _records,
    "judge": _judges,
    "handle": _handles,
    "tell": _tells,
    "explain": _explains,
    "issue_order": _issues_order,
    "name_delegate": _names_delegate,
    "refer": _refers,
    "verify": _verifies,
    "visit": _visits,
    "plan_visit": _plans_visit,
    "cluster": _convenes,
}


def may_be_delegate(person: Person, case: Case) -> bool:
    """Whom the general manager may name (R-111): the CS manager or another general manager; of
    what is said against the centre somebody outside it (A-26). Never whom it is about."""
    if person.id == case.about_user_id:
        return False
    if case.about_centre:
        return not person.in_centre and may("complaint.handle", person.roles)
    return bool(person.columns & {"CM", "GP"})


def may_be_handler(person: Person, case: Case) -> bool:
    """Who may be set to deal with an ordinary complaint: whoever could act on it as its handler."""
    named = Case(
        target=case.target,
        state=case.state,
        handler_id=person.id,
        about_user_id=case.about_user_id,
    )
    return person.id is not None and why_not("handle", person, named) is None
