"""F-04, F-05 and F-24: the complaint, what was done about it, and the forum of the complainants."""

from __future__ import annotations

import datetime as dt
import uuid

from server.accounts.permissions import level
from server.complaints import clusters, moving, queries
from server.complaints.models import Complaint, ComplaintCluster
from server.errors import Denied, NotFound
from server.history import Actor
from server.paper.document import Column, Document, Facts, Prose, Table, Value, Words
from server.paper.forms.parts import estate_name, people_of
from server.paper.register import Asked, Form
from server.rectifications import queries as rectifications
from server.return_visits import of_complaints

RECORD, FOLLOW_UP, MINUTES = "F-04", "F-05", "F-24"
NUMBER = Words("投诉编号", "Complaint no.")
CLUSTER_NUMBER = Words("群体投诉编号", "Cluster no.")
RECORD_TITLE = Words("客户投诉记录表", "Complaint Record")
FOLLOW_UP_TITLE = Words("客户投诉跟进记录表", "Complaint Follow-up Record")
MINUTES_TITLE = Words("投诉座谈会记录", "Forum Minutes")

CHANNELS = {
    "phone": Words("电话", "phone"),
    "visit": Words("来访", "visit"),
    "letter": Words("书信", "letter"),
    "online": Words("网上", "online"),
    "petition": Words("上访", "petition"),
    "other": Words("其他", "other"),
}
TARGETS = {
    "service": Words("服务", "service"),
    "staff": Words("员工", "staff"),
    "facility": Words("设施", "facility"),
    "cs_centre": Words("客服中心", "CS centre"),
    "other": Words("其他", "other"),
}
VALIDITIES = {
    "undetermined": Words("未判别", "not judged"),
    "valid": Words("有效", "valid"),
    "invalid": Words("无效", "invalid"),
}
MAJOR = Words("重大", "major")
KINDS = {
    "judgement": Words("判别", "judgement"),
    "explanation": Words("解释", "explanation"),
    "action": Words("处理", "action"),
    "progress_notice": Words("告知进展", "progress told"),
    "referral": Words("报公司", "referral"),
    "verification": Words("验证", "verification"),
    "visit": Words("回访", "return visit"),
    "rectification": Words("限期整改", "correction"),
    "closure": Words("结案", "closure"),
}
METHODS = {
    "on_site": Words("上门", "on site"),
    "phone": Words("电话", "phone"),
    "other": Words("其他", "other"),
}
OUTCOMES = {
    "forum": Words("座谈会", "forum"),
    "published": Words("公布", "published"),
}


def complaint_record(asked: Asked, number: str) -> list[Document]:
    """F-04: who complains of what, and how it was received (R-102…R-105)."""
    row = _complaint(asked, number)
    names = _names(asked, row)
    about = names.get(row.about_user_id) if row.about_user_id else None
    relayed = names.get(row.relayed_by) if row.relayed_by else None
    rows: tuple[tuple[Words, Value], ...] = (
        (NUMBER, row.number),
        (Words("姓名", "Name"), row.person.name),
        (Words("栋房号", "Building-room no."), row.unit.code),
        (Words("联系方式", "Contact"), row.person.phone),
        (Words("渠道", "Channel"), CHANNELS.get(row.channel, row.channel)),
        (Words("针对", "Against"), TARGETS.get(row.target, row.target)),
        (Words("针对的员工", "Against whom"), about),
        (Words("受理人", "Received by"), row.received_by or names.get(row.recorded_by)),
        (Words("受理时间", "Received at"), row.recorded_at),
        (Words("已致歉", "Apology given"), row.apology),
        (Words("告知的改进", "Improvement told"), row.improvement),
        (Words("转告人", "Relayed by"), relayed),
        (Words("转告原因", "Why it was relayed"), row.relay_reason),
        (Words("属于小事", "A small matter"), row.relay_minor),
    )
    content = Prose(title=Words("投诉内容", "Content"), text=row.content)
    return [_document(asked, RECORD, RECORD_TITLE, row.number, (Facts(rows=rows), content))]


def follow_up_record(asked: Asked, number: str) -> list[Document]:
    """F-05: the judgement, what was done and told, verification, visits and closure (R-112)."""
    row = _complaint(asked, number)
    names = _names(asked, row)
    judged: Value = VALIDITIES.get(row.validity, row.validity)
    order = queries.order_of(asked.session, row)
    facts: tuple[tuple[Words, Value], ...] = (
        (NUMBER, row.number),
        (Words("判别结果", "Judgement result"), judged),
        (MAJOR, row.major),
        (Words("判别人", "Judged by"), names.get(row.judged_by)),
        (Words("判别时间", "Judged at"), row.judged_at),
        (Words("处理人", "Handler"), names.get(row.handler_id)),
        (Words("处理期限", "To be dealt with by"), row.target_on),
        (Words("关联工单", "Work order"), order.number if order else None),
        (Words("报公司", "Referred to the company"), row.referred_at),
        (Words("验证人", "Verified by"), names.get(row.verified_by)),
        (Words("验证时间", "Verified at"), row.verified_at),
        (Words("结案人", "Closed by"), names.get(row.closed_by)),
        (Words("结案时间", "Closed at"), row.closed_at),
    )
    entries = Table(
        title=Words("处理经过", "Actions"),
        columns=(
            Column(title=Words("时间", "At"), share=1.2),
            Column(title=Words("事项", "What"), share=1.0),
            Column(title=Words("内容", "Text"), share=4.0),
            Column(title=Words("经办", "By"), share=1.0),
            Column(title=Words("期限", "By when"), share=1.0),
        ),
        rows=tuple(
            (one.at, KINDS.get(one.kind, one.kind), one.text, one.by_name, one.due_on)
            for one in queries.entries_of(asked.session, row)
        ),
    )
    return [
        _document(
            asked,
            FOLLOW_UP,
            FOLLOW_UP_TITLE,
            row.number,
            (Facts(rows=facts), entries, _visits(asked, row), _corrections(asked, row)),
        )
    ]


def forum_minutes(asked: Asked, number: str) -> list[Document]:
    """F-24: who was at the forum, what was said, what came of it, or what was published (R-124)."""
    if level("complaint.read", asked.roles) == "O":
        raise Denied("not-allowed", "您没有这项权限。", "Your roles do not allow this.")
    cluster = clusters.find_cluster(asked.session, number, by=_reader(asked), lock=False)
    minutes = cluster.minutes or {}
    held_on = dt.date.fromisoformat(minutes["held_on"]) if minutes.get("held_on") else None
    facts: tuple[tuple[Words, Value], ...] = (
        (CLUSTER_NUMBER, cluster.number),
        (Words("名称", "Title"), cluster.title),
        (Words("范围", "Scope"), cluster.scope),
        (Words("日期", "Date"), held_on),
        (Words("地点", "Place"), minutes.get("place")),
        (Words("到会的人", "Present"), "、".join(minutes.get("present", [])) or None),
        (Words("结果形式", "Outcome"), OUTCOMES.get(cluster.outcome or "")),
        (Words("公布时间", "Published"), cluster.closed_at if cluster.notice_id else None),
    )
    return [
        _document(
            asked,
            MINUTES,
            MINUTES_TITLE,
            cluster.number,
            (
                Facts(rows=facts),
                _members(asked, cluster),
                Prose(title=Words("各方意见", "Statements"), text=minutes.get("statements", "")),
                Prose(title=Words("会议结果", "Result"), text=minutes.get("result", "")),
            ),
        )
    ]


FORMS: tuple[Form, ...] = (
    Form(
        code=RECORD,
        title=RECORD_TITLE,
        permission="complaint.read",
        key=NUMBER,
        make=complaint_record,
    ),
    Form(
        code=FOLLOW_UP,
        title=FOLLOW_UP_TITLE,
        permission="complaint.read",
        key=NUMBER,
        make=follow_up_record,
    ),
    Form(
        code=MINUTES,
        title=MINUTES_TITLE,
        permission="complaint.read",
        key=CLUSTER_NUMBER,
        make=forum_minutes,
    ),
)


def _complaint(asked: Asked, number: str) -> Complaint:
    """The complaint; for whom reads only his own, as one that is not there (5.1)."""
    row = moving.find(asked.session, number, by=_reader(asked), lock=False)
    if level("complaint.read", asked.roles) == "O" and row.handler_id != asked.user_id:
        raise NotFound(
            "no-such-complaint", f"没有投诉 {number}。", f"There is no complaint {number}."
        )
    return row


def _reader(asked: Asked) -> Actor:
    return Actor(
        estate_id=asked.estate_id,
        ref=f"user:{asked.user_id}",
        name="",
        user_id=asked.user_id,
        roles=asked.roles,
    )


def _names(asked: Asked, row: Complaint) -> dict[uuid.UUID | None, str]:
    return people_of(
        asked,
        *(row.recorded_by, row.relayed_by, row.about_user_id, row.judged_by, row.handler_id),
        *(row.verified_by, row.closed_by),
    )


def _visits(asked: Asked, row: Complaint) -> Table:
    return Table(
        title=Words("回访", "Return visits"),
        columns=(
            Column(title=Words("轮次", "Round"), share=0.6, right=True),
            Column(title=Words("时间", "At"), share=1.2),
            Column(title=Words("形式", "Method"), share=0.8),
            Column(title=Words("满意", "Satisfied"), share=0.6),
            Column(title=Words("意见及建议", "Comments"), share=3.0),
            Column(title=Words("签名人", "Signed by"), share=1.0),
            Column(title=Words("回访人", "Visitor"), share=1.0),
        ),
        rows=tuple(
            (
                one.round,
                one.at,
                METHODS.get(one.method, one.method),
                one.satisfied,
                one.comment,
                one.signer_name,
                one.recorded_by_name,
            )
            for one in of_complaints.results_of_complaint(asked.session, row)
        ),
    )


def _corrections(asked: Asked, row: Complaint) -> Table:
    rows = rectifications.rectifications_of(
        asked.session, moving.SUBJECT, row.number, estate_id=row.estate_id
    )
    names = people_of(asked, *(one.owner_id for one in rows))
    return Table(
        title=Words("限期整改", "Corrections"),
        columns=(
            Column(title=Words("轮次", "Round"), share=0.6, right=True),
            Column(title=Words("整改内容", "What"), share=3.0),
            Column(title=Words("责任人", "Owner"), share=1.0),
            Column(title=Words("期限", "By when"), share=1.0),
            Column(title=Words("完成时间", "Done at"), share=1.2),
            Column(title=Words("怎样整改的", "How"), share=2.0),
        ),
        rows=tuple(
            (
                one.round,
                one.text,
                names.get(one.owner_id, ""),
                one.due_on,
                one.done_at,
                one.done_text,
            )
            for one in rows
        ),
    )


def _members(asked: Asked, cluster: ComplaintCluster) -> Table:
    return Table(
        title=Words("其中的投诉", "Complaints"),
        columns=(
            Column(title=NUMBER, share=1.4),
            Column(title=Words("栋房号", "Building-room no."), share=1.4),
            Column(title=Words("姓名", "Name"), share=1.0),
            Column(title=Words("内容", "Content"), share=4.0),
        ),
        rows=tuple(
            (one.number, one.unit.code, one.person.name, one.content)
            for one in queries.complaints_of(asked.session, cluster)
        ),
    )


def _document(
    asked: Asked, form: str, title: Words, number: str, blocks: tuple[Facts | Table | Prose, ...]
) -> Document:
    return Document(
        form=form,
        title=title,
        number=number,
        estate=estate_name(asked),
        blocks=blocks,
        made_at=asked.now,
    )
