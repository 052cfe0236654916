"""What the words of complaints, their follow-up record and their clusters are called."""

from __future__ import annotations

from server.complaints.clusters import FACILITY
from server.console.wording import marked

STATE = {
    "recorded": marked("转告待登记"),
    "judging": marked("待判别"),
    "judging_by_manager": marked("报经理判别"),
    "explaining": marked("解释中(无效)"),
    "handling": marked("处理中"),
    "gpm_handling": marked("总经理处理中"),
    "via_service": marked("转特约服务"),
    "referred_company": marked("已报公司"),
    "verifying": marked("验证中"),
    "visit_pending": marked("待投诉回访"),
    "rectifying": marked("限期整改"),
    "closed": marked("已办结"),
    "archived": marked("已归入档案"),
}
CHANNEL = {
    "phone": marked("电话投诉"),
    "visit": marked("来访投诉"),
    "letter": marked("书信投诉"),
    "online": marked("网上投诉"),
    "petition": marked("上访"),
    "other": marked("其他方式"),
}
VALIDITY = {
    "undetermined": marked("未判别"),
    "valid": marked("有效"),
    "invalid": marked("无效"),
}
OUTCOME = {
    "valid": marked("有效投诉"),
    "invalid": marked("无效投诉"),
    "unclear": marked("无法判别,报经理"),
}
MAJOR_REASON = {
    "higher_authority": marked("直接投诉到上级部门"),
    "reputation": marked("严重影响公司声誉"),
    "economic": marked("严重影响经济利益"),
}
METHOD = {
    "on_site": marked("上门回访"),
    "phone": marked("电话回访"),
    "other": marked("其他形式"),
}
CAUSE = {
    "speed": marked("处理慢"),
    "attitude": marked("态度"),
    "quality": marked("处理质量"),
    "price": marked("费用"),
    "time": marked("时间安排"),
    "other": marked("其他原因"),
}
ENTRY = {
    "judgement": marked("投诉判别"),
    "explanation": marked("解释说明"),
    "action": marked("处理经过"),
    "progress_notice": marked("告知进展"),
    "referral": marked("上报公司"),
    "verification": marked("结果验证"),
    "visit": marked("投诉回访"),
    "rectification": marked("限期整改记录"),
    "closure": marked("结案"),
}
CLUSTER_STATE = {"open": marked("未结束"), "closed": marked("已结束")}
CLUSTER_OUTCOME = {"forum": marked("召开座谈会"), "published": marked("公布处理情况")}
#: What can be done about a complaint now.
OPTION = {
    "take_on": marked("登记转告的投诉"),
    "judge": marked("判别投诉"),
    "retarget": marked("更改对象或类别"),
    "issue_order": marked("为投诉开工单"),
    "explain": marked("解释并结案"),
    "note": marked("记录处理经过"),
    "tell": marked("告知客户进展"),
    "name_delegate": marked("指定代理人"),
    "refer": marked("报公司处理"),
    "report_done": marked("处理完毕,送验证"),
    "verify": marked("验证处理结果"),
    "visit": marked("记录投诉回访"),
    "rectified": marked("整改已做完"),
}
#: kind of alert -> what it says
ALERT = {
    "complaint.relayed": marked("别的部门转来投诉,请登记"),
    "complaint.to_judge": marked("值班无法判别的投诉,请经理判别"),
    "complaint.major": marked("重大投诉"),
    "complaint.petition": marked("上访投诉判为无效,请知悉"),
    "complaint.yours": marked("请您处理这条投诉"),
    "complaint.to_verify": marked("投诉已处理,请验证"),
    "complaint.not_verified": marked("投诉未通过验证,请再处理"),
    "complaint.to_visit": marked("投诉已验证,请回访投诉人"),
    "complaint.to_rectify": marked("请您限期整改"),
    "cluster.found": marked("多户投诉同一件事"),
    "clock.progress": marked("投诉人两天没有听到进展"),
    "clock.progress_hr": marked("投诉人两天没有听到进展"),
    "clock.rectification": marked("限期整改逾期"),
    "clock.rectification_hr": marked("限期整改逾期"),
}
#: kind of history -> what happened
KINDS = {
    "complaint.recorded": marked("登记投诉"),
    "complaint.relayed": marked("转告投诉"),
    "complaint.retargeted": marked("更改投诉对象"),
    "complaint.judged": marked("判别结果"),
    "complaint.handed_up": marked("报经理"),
    "complaint.order_issued": marked("为投诉开出工单"),
    "complaint.explained": marked("向客户解释"),
    "complaint.action": marked("处理情况"),
    "complaint.told": marked("告知投诉人进展"),
    "complaint.delegated": marked("指定了代理人"),
    "complaint.referred": marked("报公司"),
    "complaint.done": marked("处理完毕"),
    "complaint.verified": marked("验证通过"),
    "complaint.not_verified": marked("验证未通过"),
    "complaint.dissatisfied": marked("回访不满意,限期整改"),
    "complaint.rectified": marked("整改做完"),
    "complaint.clustered": marked("归入群体投诉"),
    "complaint.closed": marked("投诉结案"),
    "cluster.opened": marked("立为群体投诉"),
    "cluster.joined": marked("加入一条投诉"),
    "cluster.closed": marked("群体投诉结束"),
    "rectification.opened": marked("安排限期整改"),
    "rectification.done": marked("限期整改完成"),
}
#: what the house itself names; any other place is told in the words of whoever marked it
CLUSTER_SCOPE = {FACILITY: marked("小区设施")}
TABLES = {
    "complaint_state": STATE,
    "complaint_channel": CHANNEL,
    "complaint_validity": VALIDITY,
    "complaint_outcome": OUTCOME,
    "complaint_major": MAJOR_REASON,
    "complaint_method": METHOD,
    "complaint_cause": CAUSE,
    "complaint_entry": ENTRY,
    "complaint_option": OPTION,
    "cluster_state": CLUSTER_STATE,
    "cluster_scope": CLUSTER_SCOPE,
    "cluster_outcome": CLUSTER_OUTCOME,
}
