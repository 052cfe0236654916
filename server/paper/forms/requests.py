"""F-01, the register of a month's requests."""

from __future__ import annotations

import sqlalchemy as sa

from server.paper.document import Column, Document, Table, Words
from server.paper.forms.parts import estate_name, people_of
from server.paper.periods import month_bounds
from server.paper.register import Asked, Form
from server.requests.models import Reply, ServiceRequest
from server.work_orders.models import WorkOrder


def service_register(asked: Asked, month: str) -> list[Document]:
    """F-01: every request of a month, in the order in which it was registered."""
    from_at, until_at = month_bounds(month, asked.settings.zone)
    first_reply = (
        sa.select(sa.func.min(Reply.replied_at))
        .where(Reply.request_id == ServiceRequest.id)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
    found = asked.session.execute(
        sa.select(ServiceRequest, first_reply, WorkOrder.number)
        .outerjoin(WorkOrder, WorkOrder.request_id == ServiceRequest.id)
        .where(
            ServiceRequest.estate_id == asked.estate_id,
            ServiceRequest.registered_at >= from_at,
            ServiceRequest.registered_at < until_at,
        )
        .order_by(ServiceRequest.registered_at, ServiceRequest.id)
    ).all()
    registrars = people_of(asked, *(row.registered_by for row, _, _ in found))
    return [
        Document(
            form="F-01",
            title=Words("特约(有偿)服务登记表", "Paid Special Service Register"),
            number=month,
            estate=estate_name(asked),
            blocks=(
                Table(
                    columns=(
                        Column(title=Words("登记号", "No."), share=2.55),
                        Column(title=Words("客户姓名", "Name"), share=1.4),
                        Column(title=Words("栋房号", "Unit"), share=2.15),
                        Column(title=Words("电话", "Phone"), share=1.9),
                        Column(title=Words("部门", "Department"), share=1),
                        Column(title=Words("服务内容", "Content"), share=2.6),
                        Column(title=Words("预约", "Appointment"), share=1.9),
                        Column(title=Words("渠道", "Channel"), share=1.1),
                        Column(title=Words("登记时间", "Registered"), share=1.9),
                        Column(title=Words("判别", "Judged"), share=1.35),
                        Column(title=Words("收费项目", "Price item"), share=1.3),
                        Column(title=Words("说明", "Explanation"), share=1.4),
                        Column(title=Words("改约确认", "Time re-confirmed"), share=1.5),
                        Column(title=Words("回复时间", "Reply"), share=1.9),
                        Column(title=Words("登记人", "Registrar"), share=1.2),
                        Column(title=Words("工单号", "Order"), share=2.55),
                    ),
                    rows=tuple(
                        (
                            row.number,
                            row.person.name,
                            row.unit.code,
                            row.person.phone,
                            row.department,
                            row.content,
                            row.appointment_at,
                            asked.named("channel", row.channel),
                            row.registered_at,
                            asked.named("request_state", row.state),
                            row.price_item_code,
                            row.explanation,
                            row.customer_reconfirmed_at,
                            replied_at,
                            registrars.get(row.registered_by),
                            order_number,
                        )
                        for row, replied_at, order_number in found
                    ),
                ),
            ),
            made_at=asked.now,
        )
    ]


FORMS = (
    Form(
        code="F-01",
        title=Words("特约(有偿)服务登记表", "Paid Special Service Register"),
        permission="request.read",
        key=Words("月份,如 2025-03", "a month, such as 2025-03"),
        make=service_register,
    ),
)
