"""The people, dwellings, prices and stock that the scenarios speak of, by name."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Wednesday 5 March 2025, nine in the morning at the estate.
NINE = dt.datetime(2025, 3, 5, 9, 0, tzinfo=SHANGHAI).astimezone(dt.UTC)
PASSWORD = "three-blue-valves"
DEPARTMENT = "运行维修部"


def after(**spans: float) -> dt.datetime:
    """A moment counted from nine o'clock: after(minutes=15, seconds=1)."""
    return NINE + dt.timedelta(**spans)


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Somebody who signs in."""

    username: str
    name: str
    roles: tuple[str, ...]
    staff_code: str | None = None
    licences: tuple[str, ...] = ()
    handheld: str | None = None


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Somebody who calls."""

    name: str
    unit_code: str
    phone: str


ZHAO_MIN = Staff(username="zhao.min", name="赵敏", roles=("cs_manager",))
SUN_QIAN = Staff(username="sun.qian", name="孙倩", roles=("cs_supervisor", "qa_reviewer"))
ZHOU_JIANGUO = Staff(username="zhou.jianguo", name="周建国", roles=("gpm",))
CHEN_JING = Staff(username="chen.jing", name="陈静", roles=("dispatch_duty",))
HE_LI = Staff(username="he.li", name="何莉", roles=("dispatch_assistant", "dispatch_head"))
WU_GANG = Staff(username="wu.gang", name="吴刚", roles=("control_duty",))
LI_NA = Staff(username="li.na", name="李娜", roles=("front_desk",))
YANG_FAN = Staff(username="yang.fan", name="杨帆", roles=("precinct_assistant",))
HE_FANG = Staff(username="he.fang", name="何芳", roles=("finance",))
FENG_XUE = Staff(username="feng.xue", name="冯雪", roles=("office_admin",))
QIAN_JIN = Staff(username="qian.jin", name="钱进", roles=("storekeeper",))
ZHENG_JIE = Staff(username="zheng.jie", name="郑洁", roles=("admin_hr",))
LUO_BING = Staff(username="luo.bing", name="罗兵", roles=("security_dept",))
LIU_QIANG = Staff(
    username="liu.qiang",
    name="刘强",
    roles=("technician",),
    staff_code="T-01",
    licences=("electrician", "gas", "plumbing"),
    handheld="hh-01",
)
ZHANG_WEI = Staff(
    username="zhang.wei",
    name="张伟",
    roles=("technician",),
    staff_code="T-02",
    licences=("plumbing",),
    handheld="hh-07",
)
MA_CHAO = Staff(
    username="ma.chao",
    name="马超",
    roles=("technician",),
    staff_code="T-03",
    licences=("refrigeration", "height", "electrician"),
    handheld="hh-03",
)
TECHNICIANS = (LIU_QIANG, ZHANG_WEI, MA_CHAO)
STAFF = (
    ZHAO_MIN,
    SUN_QIAN,
    ZHOU_JIANGUO,
    CHEN_JING,
    HE_LI,
    WU_GANG,
    LI_NA,
    YANG_FAN,
    HE_FANG,
    FENG_XUE,
    QIAN_JIN,
    ZHENG_JIE,
    LUO_BING,
    *TECHNICIANS,
)

WANG_LIHUA = Customer(name="王丽华", unit_code="3栋2单元1502", phone="13900000001")
LI_JIANJUN = Customer(name="李建军", unit_code="5栋1单元0801", phone="13900000002")
ZHOU_MIN = Customer(name="周敏", unit_code="2栋1单元1104", phone="13900000003")
WU_GUOQIANG = Customer(name="吴国强", unit_code="6栋2单元2203", phone="13900000004")
XU_JING = Customer(name="徐静", unit_code="4栋1单元0302", phone="13900000005")
HUANG_ZHIYUAN = Customer(name="黄志远", unit_code="7栋3单元1701", phone="13900000006")
LIN_FANG = Customer(name="林芳", unit_code="1栋2单元0905", phone="13900000007")
GUO_TAO = Customer(name="郭涛", unit_code="10栋1单元1206", phone="13900000008")
CUSTOMERS = (
    WANG_LIHUA,
    LI_JIANJUN,
    ZHOU_MIN,
    WU_GUOQIANG,
    XU_JING,
    HUANG_ZHIYUAN,
    LIN_FANG,
    GUO_TAO,
)

PRICE_LIST = "PL-2025-01"
#: code, Chinese, English, category, unit, fen
PRICES = (
    ("L-LAMP", "日光灯维修人工", "Lamp repair, labour", "lamp", "次", 1500),
    ("M-TUBE36", "36 W 灯管", "Tube 36 W", "lamp", "只", 1200),
    ("M-STARTER", "启辉器", "Starter", "lamp", "只", 300),
    ("L-SW", "开关维修人工", "Switch repair, labour", "switch", "次", 1500),
    ("M-SW10A", "10 A 开关", "Switch 10 A", "switch", "只", 1800),
    ("L-TAP", "龙头维修人工", "Tap repair, labour", "tap_valve", "次", 2000),
    ("M-TAP15", "DN15 龙头", "Tap DN15", "tap_valve", "只", 4500),
    ("L-GWH", "热水器维修人工", "Water heater repair, labour", "gas_water_heater", "次", 4000),
    ("L-WC", "水箱维修人工", "Toilet tank repair, labour", "toilet_tank", "次", 2500),
    ("M-WCSET", "水箱配件", "Toilet tank fitting", "toilet_tank", "套", 4800),
    ("M-WCPLUG", "胶塞", "Outlet plug", "toilet_tank", "只", 800),
    ("L-ACCHK", "空调检修", "Air conditioner check", "air_conditioner", "次", 5000),
    ("L-ACLEAK", "查漏补漏", "Leak search and repair", "air_conditioner", "次", 8000),
    ("M-R22", "R22 每 100 g", "R22 per 100 g", "air_conditioner", "100g", 2000),
    ("L-PIPE", "给水管安装每米", "Water pipe, per metre", "water_pipe_install", "米", 2500),
)
#: code, name, kind, unit, pieces in the warehouse
STOCK = (
    ("M-WCSET", "水箱配件", "material", "套", 10),
    ("M-WCPLUG", "胶塞", "material", "只", 3),
    ("M-TUBE36", "36 W 灯管", "material", "只", 20),
    ("T-MEGGER", "500V摇表", "tool", "台", 2),
)
