"""What a customer without an account reads: stages, sentences, parts of the day, scores."""

from __future__ import annotations

from server.console.wording import marked

STAGE = {
    "received": marked("已收到"),
    "arranged": marked("已派师傅"),
    "on_site": marked("师傅到场"),
    "working": marked("正在维修"),
    "done": marked("维修完成"),
}
STANDING = {
    "received": marked("我们已收到您的报修,正在处理,会尽快回复您。"),
    "time_pending": marked("您要的时间约不上,客服会与您另约时间。"),
    "accepted": marked("您的报修已受理,正在安排师傅。"),
    "dispatched": marked("已派给师傅,等他接单。"),
    "acknowledged": marked("师傅已接单,会按约上门。"),
    "set_out": marked("师傅正在路上。"),
    "on_site": marked("师傅已到场,正在检查。"),
    "quoted": marked("师傅已报价,请您看清后确认。"),
    "working": marked("师傅正在维修。"),
    "suspended": marked("维修暂停,我们会再与您联系。"),
    "rework": marked("师傅正在返工,直到您满意。"),
    "to_accept": marked("已经修好,请您当面试用、验收。"),
    "escalated": marked("经理正在处理,会与您联系。"),
    "done": marked("维修已完成,谢谢您。"),
    "cancelled": marked("这次服务已取消。"),
    "declined": marked("很抱歉,这项服务暂时无法提供,客服会向您说明。"),
    "withdrawn": marked("这次报修已撤回。"),
    "answered": marked("您的问题已答复。"),
    "to_complaint": marked("您的意见已转专人处理,会与您联系。"),
}
DAY_PART = {
    "morning": marked("上午"),
    "afternoon": marked("下午"),
    "evening": marked("晚上"),
}
RATING_AXIS = {
    "timeliness": marked("及时"),
    "attitude": marked("态度"),
    "quality": marked("质量"),
}
STARS = {
    "1": marked("1 星,很不满意"),
    "2": marked("2 星,不满意"),
    "3": marked("3 星,一般"),
    "4": marked("4 星,满意"),
    "5": marked("5 星,很满意"),
}
TABLES = {
    "stage": STAGE,
    "standing": STANDING,
    "day_part": DAY_PART,
    "rating_axis": RATING_AXIS,
    "stars": STARS,
}
