"""Named conditions of the work order's transitions: each returns the reasons why not. Pure.

What a guard returns is what the technician or the dispatcher reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

#: What is missing is named in one line of a handheld.
MOST_NAMED = 8


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason why a transition is refused."""

    slug: str
    rule: str
    zh: str
    en: str


class Facts(Protocol):
    """What guards may ask about an order, its surroundings and the act at hand."""

    @property
    def is_own(self) -> bool: ...
    @property
    def by_manager(self) -> bool: ...
    @property
    def reason(self) -> str: ...
    @property
    def rework_round(self) -> int: ...
    @property
    def lacking_qualifications(self) -> tuple[str, ...]: ...
    @property
    def has_checklist(self) -> bool: ...
    @property
    def needs_checklist(self) -> bool: ...
    @property
    def slot_unconfirmed(self) -> bool: ...
    @property
    def has_inspection_note(self) -> bool: ...
    @property
    def has_before_photo(self) -> bool: ...
    @property
    def off_list_items(self) -> tuple[str, ...]: ...
    @property
    def quoted_total_differs(self) -> bool: ...
    @property
    def has_quote(self) -> bool: ...
    @property
    def hazard(self) -> bool: ...
    @property
    def missing_evidence(self) -> tuple[str, ...]: ...
    @property
    def nothing_redone(self) -> bool: ...
    @property
    def signature_named(self) -> bool: ...
    @property
    def signature_held(self) -> bool: ...
    @property
    def signer_name(self) -> str: ...
    @property
    def decided_unsigned(self) -> bool: ...
    @property
    def apologised(self) -> bool: ...
    @property
    def witness(self) -> str: ...
    @property
    def unsettled_stock(self) -> tuple[str, ...]: ...
    @property
    def return_point(self) -> str: ...
    @property
    def return_visit_done(self) -> bool: ...
    @property
    def month_reconciled(self) -> bool: ...


Guard = Callable[[Facts], list[Reason]]


def _listed(names: Sequence[str]) -> tuple[str, str]:
    """Names in a line, in Chinese and in English."""
    return "、".join(names), ", ".join(names)


def _when(refused: bool, slug: str, rule: str, zh: str, en: str) -> list[Reason]:
    return [Reason(slug=slug, rule=rule, zh=zh, en=en)] if refused else []


def own_order(facts: Facts) -> list[Reason]:
    return _when(
        not facts.is_own,
        "not-your-order",
        "5.1",
        "这张单不是派给您的。",
        "This order is not yours.",
    )


def reason_given(facts: Facts) -> list[Reason]:
    return _when(
        not facts.reason.strip(), "reason-missing", "R-001", "请写明原因。", "A reason is needed."
    )


def qualified(facts: Facts) -> list[Reason]:
    zh, en = _listed(facts.lacking_qualifications)
    return _when(
        bool(zh),
        "not-qualified",
        "X-029",
        f"技工缺少有效资格:{zh}。",
        f"The technician has no valid qualification: {en}.",
    )


def checklist_attached(facts: Facts) -> list[Reason]:
    return _when(
        facts.needs_checklist and not facts.has_checklist,
        "no-checklist",
        "R-045",
        "该类别没有已发布的清单。",
        "No published checklist for this category.",
    )


def slot_confirmed(facts: Facts) -> list[Reason]:
    return _when(
        facts.slot_unconfirmed,
        "slot-not-reconfirmed",
        "R-044",
        "时间晚于客户所约,须先与客户重新确认。",
        "The slot is later than the customer's and was not confirmed again.",
    )


def inspected(facts: Facts) -> list[Reason]:
    return [
        *_when(
            not facts.has_inspection_note,
            "not-inspected",
            "R-054",
            "报价前须填写勘查记录。",
            "An inspection note comes before the quote.",
        ),
        *_when(
            not facts.has_before_photo,
            "before-photo-missing",
            "R-054",
            "报价前须有维修前照片。",
            "A before photo comes before the quote.",
        ),
    ]


def on_the_price_list(facts: Facts) -> list[Reason]:
    zh, en = _listed(facts.off_list_items)
    return _when(
        bool(zh),
        "not-on-price-list",
        "R-021",
        f"不在收费标准内,须经理批准:{zh}。",
        f"Not on the price list; a manager must approve: {en}.",
    )


def total_agrees(facts: Facts) -> list[Reason]:
    return _when(
        facts.quoted_total_differs,
        "quote-total-differs",
        "R-055",
        "合计与收费标准不符,请更新价目后重报。",
        "The total is not what the price list gives; refresh it and quote again.",
    )


def quote_given(facts: Facts) -> list[Reason]:
    return _when(not facts.has_quote, "no-quote", "R-055", "还没有报价。", "There is no quote.")


def price_signed(facts: Facts) -> list[Reason]:
    return _when(
        not facts.signer_name.strip(),
        "signer-missing",
        "R-056",
        "缺少确认人姓名。",
        "Who confirmed the price is missing.",
    )


def no_hazard(facts: Facts) -> list[Reason]:
    return _when(
        facts.hazard,
        "hazard-open",
        "P-22",
        "隐患未解除,不能完工。",
        "There is an open hazard; the order cannot be completed.",
    )


def hazard_cleared_by_manager(facts: Facts) -> list[Reason]:
    return _when(
        facts.hazard and not facts.by_manager,
        "hazard-manager-only",
        "P-22",
        "隐患单只能由客服经理或总物业经理恢复。",
        "Only the CS manager or the general property manager resumes a hazard order.",
    )


def hazard_cancelled_by_manager(facts: Facts) -> list[Reason]:
    return _when(
        facts.hazard and not facts.by_manager,
        "hazard-manager-only",
        "P-22",
        "隐患单只能由客服经理或总物业经理取消。",
        "Only the CS manager or the general property manager cancels a hazard order.",
    )


def evidence_complete(facts: Facts) -> list[Reason]:
    missing = facts.missing_evidence
    more = ("…",) if len(missing) > MOST_NAMED else ()
    zh, en = _listed((*missing[:MOST_NAMED], *more))
    return _when(
        bool(missing),
        "evidence-missing",
        "WO13",
        f"清单未完成:{zh}。",
        f"The checklist is not complete: {en}.",
    )


def redone(facts: Facts) -> list[Reason]:
    return _when(
        facts.nothing_redone,
        "nothing-redone",
        "R-061",
        "返工后须重做并重新记录有关步骤。",
        "After a rework the steps concerned are done and recorded anew.",
    )


def tried_and_signed(facts: Facts) -> list[Reason]:
    return [
        *_when(
            not facts.signature_named,
            "signature-missing",
            "R-060",
            "须有客户签名。",
            "The customer's signature is missing.",
        ),
        *_when(
            not facts.signer_name.strip(),
            "signer-missing",
            "R-060",
            "须有签名人姓名。",
            "The signer's name is missing.",
        ),
    ]


def signature_arrived(facts: Facts) -> list[Reason]:
    return _when(
        not (facts.signature_held or facts.decided_unsigned),
        "signature-not-held",
        "R-060",
        "客户签名图片尚未传到。",
        "The picture of the signature has not arrived.",
    )


def apologised(facts: Facts) -> list[Reason]:
    return _when(
        not facts.apologised, "apology-missing", "R-061", "须先致歉。", "An apology comes first."
    )


def witnessed(facts: Facts) -> list[Reason]:
    return _when(
        not facts.witness.strip(), "witness-missing", "A-15", "须有见证人。", "A witness is needed."
    )


def stock_settled(facts: Facts) -> list[Reason]:
    zh, en = _listed(facts.unsettled_stock)
    return _when(
        bool(zh),
        "stock-open",
        "R-072",
        f"材料工具未退清:{zh}。",
        f"Materials or tools are still out: {en}.",
    )


def slip_handed_in(facts: Facts) -> list[Reason]:
    return _when(
        not facts.return_point,
        "return-point-missing",
        "R-071",
        "须注明回单地点。",
        "Where the slip was handed in is missing.",
    )


def visited_and_reconciled(facts: Facts) -> list[Reason]:
    return [
        *_when(
            not facts.return_visit_done,
            "return-visit-open",
            "R-084",
            "回访未完成。",
            "The return visit is not done.",
        ),
        *_when(
            not facts.month_reconciled,
            "month-open",
            "R-130",
            "当月未对账。",
            "The month is not reconciled.",
        ),
    ]


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        own_order,
        reason_given,
        qualified,
        checklist_attached,
        slot_confirmed,
        inspected,
        on_the_price_list,
        total_agrees,
        quote_given,
        price_signed,
        no_hazard,
        hazard_cleared_by_manager,
        hazard_cancelled_by_manager,
        evidence_complete,
        redone,
        tried_and_signed,
        signature_arrived,
        apologised,
        witnessed,
        stock_settled,
        slip_handed_in,
        visited_and_reconciled,
    )
}


def first_time(facts: Facts) -> bool:
    """No rework so far."""
    return facts.rework_round == 0


def second_time(facts: Facts) -> bool:
    """One rework has failed (P-07)."""
    return facts.rework_round == 1


def from_third_time(facts: Facts) -> bool:
    """Two reworks have failed (P-07)."""
    return facts.rework_round >= 2  # noqa: PLR2004  # rounds 1 and 2 of P-07


CASES: dict[str, Callable[[Facts], bool]] = {
    case.__name__: case for case in (first_time, second_time, from_third_time)
}
