"""One of everything that has a number or a label of its own, made by real operations."""

from decimal import Decimal

from server import reactions
from server.billing.models import FinanceReport
from server.complaints import clusters
from server.handovers import operations as handovers
from server.handovers import slips
from server.incidents import operations as incidents
from server.public_notices import operations as notices
from server.quality import operations as quality
from server.return_visits import operations as visits
from server.search import index
from server.stores.counting import Counted
from server.work_orders.operations import escalating
from server.work_orders.states import State
from tests.cast import CHEN_JING, HE_LI, LI_NA, LIU_QIANG, SHANGHAI, SUN_QIAN, ZHAO_MIN, Staff
from tests.factories import acts, money, stock
from tests.factories.assets import appliance
from tests.factories.complaints import recorded
from tests.factories.world import World

SERIAL = "8KF2201947"


def incident(world: World, *, by: Staff = CHEN_JING):
    """Somebody found a burst pipe."""
    return world.do(
        incidents.report_incident,
        world.settings,
        place="3栋大堂",
        category="engineering",
        severity="normal",
        description="消防管爆裂",
        emergency_action="已关阀",
        found_at=world.now,
        photos=[],
        by=world.by(by),
        at=world.later(),
    )


def notice(world: World):
    """A draft that nobody outside has seen."""
    said = {"kind": "other", "title": "停水", "text": "周五停水", "by": world.by(HE_LI)}
    return world.do(notices.draft_notice, world.settings, **said, at=world.later())


def one_of_each(world: World) -> dict[str, tuple[str, str]]:
    """Kind -> number or label, and the page that it leads to. Technicians' things are 刘强's."""
    money.month_end(world)
    order = money.repaired(world)
    money.follow(world, order)
    money.approved(world, order)
    (fee,) = money.issue(world)
    report = world.session.query(FinanceReport).one()
    asset = appliance(world, serial=SERIAL)
    found = incident(world)
    by = world.by(CHEN_JING)
    visit = world.do(visits.open_visit, world.settings, order, by=by, at=world.later())
    assert visit is not None
    cluster = world.do(
        clusters.mark,
        world.settings,
        title="楼道灯",
        category="facility",
        scope="4栋",
        complaints=[recorded(world)],
        by=world.by(ZHAO_MIN),
        at=world.later(),
    )
    draft = notice(world)
    said = {"note": "明早回电", "to_name": None, "by": by, "at": world.later()}
    entry = world.do(handovers.hand_over_desk, world.settings, **said)
    done = acts.order_in(world, State.ACCEPTED)
    acts.signature_arrives(world, done)
    acts.write_off(world, done, by=LI_NA, return_point="front_desk")
    while reactions.run_once(world.settings, world.now):
        pass
    day = slips.list_day(world.now, SHANGHAI)
    given = world.do(slips.give_day, world.settings, day, by=world.by(LI_NA), at=world.later())
    broken = acts.order_in(world, State.ON_SITE)
    damage = world.do(
        incidents.report_damage,
        world.settings,
        broken,
        kind="damage",
        item="花瓶",
        description="碰倒",
        photos=[],
        by=world.by(LIU_QIANG),
        at=world.later(),
    )
    line = stock.asks(world, broken)
    count = stock.counts(world, Counted(code=stock.PLUG, counted=Decimal(3)))
    judged = world.do(
        quality.review,
        world.settings,
        done,
        outcome="passed",
        steps={},
        note=None,
        by=world.by(SUN_QIAN),
        at=world.later(),
    )
    up = world.do(
        escalating.escalate,
        world.settings,
        broken,
        level="L1_cs_manager",
        reason="客户不满",
        by=by,
        at=world.later(),
    )
    return {
        index.ASSET: (asset.label, f"/assets/{asset.id}"),
        index.INCIDENT: (found.number, f"/incidents/{found.number}"),
        index.DAMAGE: (damage.number, f"/damages/{damage.number}"),
        index.VISIT: (visit.number, f"/return-visits/{visit.number}"),
        index.CLUSTER: (cluster.number, f"/complaint-clusters/{cluster.number}"),
        index.FEE_NOTICE: (fee.number, f"/finance/notices/{fee.number}"),
        index.FINANCE_REPORT: (report.number, f"/finance/reports/{report.number}"),
        index.PUBLIC_NOTICE: (draft.number, f"/public-notices/{draft.number}"),
        index.HANDOVER: (entry.number, f"/handovers/{entry.number}"),
        index.SLIPS: (given.number, f"/slips?day={day}"),
        index.STOCK_LINE: (line.number, f"/orders/{broken.number}"),
        index.STOCK_COUNT: (count.number, f"/stores/counts/{count.number}"),
        index.REVIEW: (judged.number, f"/quality/{done.number}"),
        index.ESCALATION: (up.number, f"/orders/{broken.number}"),
    }
