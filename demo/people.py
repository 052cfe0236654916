"""Who works at the demo estate: the cast of the acceptance scenarios, and three more technicians
who are simulated."""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts.permissions import Role


@dataclass(frozen=True, kw_only=True)
class Employee:
    """One account of the demo."""

    username: str
    name: str
    roles: tuple[Role, ...]
    department: str
    staff_code: str | None = None
    qualifications: tuple[str, ...] = ()
    #: carries out orders by itself; its account is not handed out
    simulated: bool = False


CS = "客户服务中心"

STAFF: tuple[Employee, ...] = (
    Employee(username="admin", name="系统管理员", roles=(Role.SYSTEM_ADMIN,), department="信息"),
    Employee(username="zhaomin", name="赵敏", roles=(Role.CS_MANAGER,), department=CS),
    Employee(
        username="sunqian", name="孙倩", roles=(Role.CS_SUPERVISOR, Role.QA_REVIEWER), department=CS
    ),
    Employee(
        username="zhouguojian",
        name="周建国",
        roles=(Role.GPM, Role.SITE_PM),
        department="物业管理处",
    ),
    Employee(username="chenjing", name="陈静", roles=(Role.DISPATCH_DUTY,), department=CS),
    Employee(
        username="heli",
        name="何莉",
        roles=(Role.DISPATCH_ASSISTANT, Role.DISPATCH_HEAD),
        department=CS,
    ),
    Employee(username="wugang", name="吴刚", roles=(Role.CONTROL_DUTY,), department="监控中心"),
    Employee(username="lina", name="李娜", roles=(Role.FRONT_DESK,), department=CS),
    Employee(
        username="yangfan",
        name="杨帆",
        roles=(Role.CS_ASSISTANT, Role.PRECINCT_ASSISTANT),
        department=CS,
    ),
    Employee(username="hefang", name="何芳", roles=(Role.FINANCE,), department="财务部"),
    Employee(username="fengxue", name="冯雪", roles=(Role.OFFICE_ADMIN,), department="物业管理处"),
    Employee(username="qianjin", name="钱进", roles=(Role.STOREKEEPER,), department="仓库"),
    Employee(username="zhengjie", name="郑洁", roles=(Role.ADMIN_HR,), department="行政人事部"),
    Employee(username="luobing", name="罗兵", roles=(Role.SECURITY_DEPT,), department="安全管理部"),
    Employee(
        username="taolei",
        name="陶磊",
        roles=(Role.DEPT_HEAD, Role.OPERATIONS_DEPT),
        department="运行维修部",
    ),
    Employee(username="xiangyu", name="向宇", roles=(Role.CLUBHOUSE_ASSISTANT,), department="会所"),
    Employee(username="hezuo", name="合作服务商", roles=(Role.CONTRACTOR,), department="外判单位"),
    Employee(
        username="liuqiang",
        name="刘强",
        roles=(Role.TECHNICIAN,),
        department=CS,
        staff_code="T-01",
        qualifications=("electrician", "gas", "plumbing"),
    ),
    Employee(
        username="zhangwei",
        name="张伟",
        roles=(Role.TECHNICIAN,),
        department=CS,
        staff_code="T-02",
        qualifications=("plumbing",),
    ),
    Employee(
        username="machao",
        name="马超",
        roles=(Role.TECHNICIAN,),
        department=CS,
        staff_code="T-03",
        qualifications=("refrigeration", "height", "electrician"),
    ),
    Employee(
        username="denglin",
        name="邓林",
        roles=(Role.TECHNICIAN,),
        department=CS,
        staff_code="T-04",
        qualifications=("electrician", "gas", "plumbing"),
        simulated=True,
    ),
    Employee(
        username="sunhao",
        name="孙浩",
        roles=(Role.TECHNICIAN,),
        department=CS,
        staff_code="T-05",
        qualifications=("refrigeration", "height", "electrician"),
        simulated=True,
    ),
    Employee(
        username="tanjun",
        name="谭军",
        roles=(Role.TECHNICIAN,),
        department=CS,
        staff_code="T-06",
        qualifications=("gas", "plumbing"),
        simulated=True,
    ),
)

SIMULATED: tuple[Employee, ...] = tuple(one for one in STAFF if one.simulated)

#: (name, unit, phone) of the customers that the scenarios know.
RESIDENTS: tuple[tuple[str, str, str], ...] = (
    ("王丽华", "3栋2单元1502", "13900000001"),
    ("李建军", "5栋1单元0801", "13900000002"),
    ("周敏", "2栋1单元1104", "13900000003"),
    ("吴国强", "6栋2单元2203", "13900000004"),
    ("徐静", "4栋1单元0302", "13900000005"),
    ("黄志远", "7栋3单元1701", "13900000006"),
    ("林芳", "1栋2单元0905", "13900000007"),
    ("郭涛", "10栋1单元1206", "13900000008"),
)
