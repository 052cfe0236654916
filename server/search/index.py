"""Putting things into the index and finding them: newest first, by the rarest token.

The work of a search grows with how often its rarest token occurs, never with what is stored.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.search.models import SearchDocument, SearchToken
from server.search.tokens import Wanted, fits, folded, is_of_number, tokens, wanted

#: Rows of one token that are counted to tell rare from common, and candidates that are looked at
#: (of what is found by its number no more than that).
_PROBE = 400
_CANDIDATES = 2000
_BEYOND = "\uffff"

ORDER = "order"
REQUEST = "request"
UNIT = "unit"
PERSON = "person"
NOTE = "note"
COMPLAINT = "complaint"
ASSET = "asset"
INCIDENT = "incident"
DAMAGE = "damage"
VISIT = "visit"
CLUSTER = "cluster"
FEE_NOTICE = "fee_notice"
FINANCE_REPORT = "finance"
PUBLIC_NOTICE = "notice"
HANDOVER = "handover"
SLIPS = "slips"
STOCK_LINE = "stock_line"
STOCK_COUNT = "stock_count"
REVIEW = "review"
ESCALATION = "escalation"

#: What is found by its number alone, and how that number begins.
NUMBERED = {
    INCIDENT: "gq",
    DAMAGE: "bx",
    VISIT: "hf",
    CLUSTER: "qt",
    FEE_NOTICE: "jf",
    FINANCE_REPORT: "cw",
    PUBLIC_NOTICE: "gg",
    HANDOVER: "yj",
    SLIPS: "yj",
    STOCK_LINE: "lj",
    STOCK_COUNT: "pd",
    REVIEW: "qc",
    ESCALATION: "ys",
}
KINDS = (ORDER, REQUEST, UNIT, PERSON, NOTE, COMPLAINT, ASSET, *NUMBERED)

_Condition = Callable[[Any], sa.ColumnElement[bool]]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found."""

    kind: str
    subject: str


def put(
    session: Session,
    estate_id: uuid.UUID,
    kind: str,
    subject: str,
    texts: Iterable[str | None],
    *,
    aliases: Iterable[str] = (),
) -> None:
    """Make `subject` findable by `texts`, instead of by whatever it was found before.

    `aliases`: further words, such as the initials of a name, by whose beginning it is found.
    """
    words = " ".join(part for part in (*texts, *aliases) if part)
    put_all(session, estate_id, kind, {subject: words})


def put_number(session: Session, estate_id: uuid.UUID, kind: str, number: str) -> None:
    """Make something findable by its number; `kind` is one of NUMBERED."""
    put_all(session, estate_id, kind, {number: number})


def put_all(session: Session, estate_id: uuid.UUID, kind: str, words: Mapping[str, str]) -> None:
    """Make many things findable at once: subject -> all that it is found by, in order of time.

    What is in the index with the same text stays as it is, so it may be done again at any time.
    """
    texts = {subject: folded(text) for subject, text in words.items()}
    known = {
        document.subject: document
        for document in session.scalars(
            sa.select(SearchDocument).where(
                SearchDocument.estate_id == estate_id,
                SearchDocument.kind == kind,
                SearchDocument.subject.in_(list(texts)),
            )
        )
    }
    stale: dict[int, frozenset[str]] = {}
    changed: list[SearchDocument] = []
    for subject, text in texts.items():
        document = known.get(subject)
        if document is None:
            document = SearchDocument(estate_id=estate_id, kind=kind, subject=subject, text=text)
            session.add(document)
        elif document.text == text:
            continue
        else:
            stale[document.id] = tokens(document.text)
            document.text = text
        changed.append(document)
    session.flush()
    new: list[dict[str, object]] = []
    for document in changed:
        before, now = stale.get(document.id, frozenset()), tokens(document.text)
        if gone := before - now:
            session.execute(
                sa.delete(SearchToken).where(
                    SearchToken.kind == kind,
                    SearchToken.token.in_(gone),
                    SearchToken.document_id == document.id,
                )
            )
        new += [
            {"kind": kind, "token": token, "document_id": document.id}
            for token in sorted(now - before)
        ]
    if new:
        session.execute(sa.insert(SearchToken), new)


def holds(session: Session, kind: str) -> bool:
    """Whether anything of this kind can be found yet."""
    of_kind = sa.select(SearchToken.document_id).where(SearchToken.kind == kind)
    return session.scalar(of_kind.limit(1)) is not None


def find(
    session: Session,
    estate_id: uuid.UUID,
    query: str,
    *,
    kinds: Collection[str] = KINDS,
    limit: int = 20,
) -> list[Hit]:
    """Everything that holds all words of `query`: kinds in the order named, each newest first."""
    want = wanted(query)
    if not want.words:
        return []
    return [
        Hit(kind=kind, subject=subject)
        for kind in kinds
        if kind not in NUMBERED or is_of_number(want, NUMBERED[kind])
        for subject in _subjects(session, estate_id, kind, want, limit)
    ]


def _subjects(
    session: Session, estate_id: uuid.UUID, kind: str, want: Wanted, limit: int
) -> list[str]:
    counted: list[tuple[int, _Condition]] = []
    conditions = _conditions(want)
    # One alone is the rarest.
    for condition in conditions if len(conditions) > 1 else ():
        some = sa.select(SearchToken.document_id).where(
            SearchToken.kind == kind, condition(SearchToken)
        )
        probe = sa.select(sa.func.count()).select_from(some.limit(_PROBE).subquery())
        count = session.scalar(probe) or 0
        if count == 0:
            return []
        counted.append((count, condition))
    if counted:
        conditions = [condition for _, condition in sorted(counted, key=lambda pair: pair[0])]
    rarest, *others = conditions
    # Backwards along the key: no sorting, however common the token is.
    keys = (
        sa.select(SearchToken.document_id)
        .where(SearchToken.kind == kind, rarest(SearchToken))
        .order_by(SearchToken.token.desc(), SearchToken.document_id.desc())
        # Whatever begins like a number is one: nobody has to look at many.
        .limit(_PROBE if kind in NUMBERED else _CANDIDATES)
    )
    for other in others:
        also = aliased(SearchToken)
        keys = keys.where(
            sa.exists().where(
                also.kind == kind, also.document_id == SearchToken.document_id, other(also)
            )
        )
    ids = sorted(set(session.scalars(keys)), reverse=True)
    found: list[str] = []
    for start in range(0, len(ids), limit * 2):
        rows = session.execute(
            # Asked for the estate as well, SQLite walks through all that it has.
            sa.select(SearchDocument.subject, SearchDocument.text, SearchDocument.estate_id)
            .where(SearchDocument.id.in_(ids[start : start + limit * 2]))
            .order_by(SearchDocument.id.desc())
        )
        found += [
            row.subject for row in rows if row.estate_id == estate_id and fits(row.text, want)
        ]
        if len(found) >= limit:
            break
    return found[:limit]


def _conditions(want: Wanted) -> list[_Condition]:
    return [
        *(lambda table, one=one: table.token == one for one in want.whole),
        *(
            lambda table, one=one: sa.and_(table.token >= one, table.token < one + _BEYOND)
            for one in want.beginnings
        ),
    ]
