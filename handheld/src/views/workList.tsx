/** What to do next, where and when: readable in three seconds. Then the rest of the day. */

import { useHandheld, useLive } from "../app/live";
import { href } from "../app/route";
import { goneOrders, readGone } from "../store/orders";
import { clock, day, fromNow } from "../words/format";
import { categoryWords, stateWords, urgencyWords, wordFor } from "../words/trade";
import { words } from "../words/words";
import { allJobs, type JobAtHand } from "../work/jobs";
import { stageOf } from "../work/stage";
import { stageWords } from "./order/stages";

const say = words({
  zh: {
    title: "工单",
    next: "下一单",
    others: "其余工单",
    none: "手上没有工单",
    noneHow: "新工单会响铃并出现在这里。没有网络时,已收到的工单照常可做。",
    loading: "正在读取…",
    gone: (number: string) => `${number} 已离开本机`,
    goneWhy: "调度台已收回或改派",
    goneKept: "您已做的记录仍会送达,作为凭据保存。",
    known: "知道了",
    call: "打电话",
    noAppointment: "未约时间",
    waiting: (count: number) => `${count} 项未送达`,
    returned: (count: number) => `质检退回 ${count} 步`,
    hazard: "险情",
    alarm: "险情报警",
    pool: "可抢工单",
    toTake: (count: number) => `${count} 单`,
  },
  en: {
    title: "Orders",
    next: "Next job",
    others: "Further orders",
    none: "No orders in hand",
    noneHow:
      "A new order rings and appears here. Without a network, orders already here can be worked on.",
    loading: "Reading…",
    gone: (number: string) => `${number} has left this handheld`,
    goneWhy: "The desk took it back or gave it to somebody else",
    goneKept: "What you did will still be delivered and kept as evidence.",
    known: "Understood",
    call: "Call",
    noAppointment: "No appointment",
    waiting: (count: number) => `${count} not delivered`,
    returned: (count: number) => `QA returned ${count} steps`,
    hazard: "Hazard",
    alarm: "Hazard alarm",
    pool: "Open pool",
    toTake: (count: number) => `${count} to take`,
  },
});

export function WorkList() {
  const { database, changes } = useHandheld();
  const jobs = useLive(["orders", "acts", "photos", "templates"], allJobs);
  const gone = useLive(["orders"], goneOrders);
  if (jobs === undefined) return <p class="soft">{say().loading}</p>;
  const [first, ...others] = jobs;
  return (
    <>
      <h1 class="quiet">{say().title}</h1>
      {gone?.map((order) => (
        <section class="card notice" key={order.number}>
          <h2>{say().gone(order.number)}</h2>
          <p>
            {order.gone?.place} {order.gone?.reason || say().goneWhy}
          </p>
          <p class="soft">{say().goneKept}</p>
          <button
            type="button"
            onClick={() =>
              void readGone(database, order.number).then(() => changes.announce("orders"))
            }
          >
            {say().known}
          </button>
        </section>
      ))}
      {first === undefined ? (
        <section class="empty">
          <h2>{say().none}</h2>
          <p class="soft">{say().noneHow}</p>
        </section>
      ) : (
        <>
          <h2 class="label">{say().next}</h2>
          <JobCard found={first} isNext key={first.job.number} />
        </>
      )}
      <PoolEntry />
      {others.length > 0 && (
        <>
          <h2 class="label">{say().others}</h2>
          {others.map((found) => (
            <JobCard found={found} key={found.job.number} />
          ))}
        </>
      )}
      <a class="button wide-alarm" href={href("alarm")}>
        ⚠ {say().alarm}
      </a>
    </>
  );
}

/** The way to the open pool: there while something is in it, and once somebody has looked. */
function PoolEntry() {
  const { pool } = useHandheld();
  const count = pool.orders.value?.length ?? 0;
  if (count === 0 && !pool.wasOpened.value) return null;
  return (
    <a class="card line-call" href={href("pool")}>
      <b>{say().pool}</b>
      <span class={`mark${count > 0 ? " soon" : ""}`}>{say().toTake(count)} ›</span>
    </a>
  );
}

function JobCard({ found, isNext = false }: { found: JobAtHand; isNext?: boolean }) {
  const { job, photos } = found;
  const { snapshot } = job;
  const waiting =
    job.acts.filter((act) => act.waiting === 1).length +
    photos.filter((photo) => photo.state === "waiting").length;
  return (
    <a
      class={`card job job-${snapshot.urgency}${isNext ? " job-next" : ""}`}
      href={href("order", job.number)}
      data-order={job.number}
    >
      <span class="job-when">
        {snapshot.appointment_at === null ? (
          say().noAppointment
        ) : (
          <>
            <b>{clock(snapshot.appointment_at)}</b> {day(snapshot.appointment_at)}
            {isNext && <small> {fromNow(snapshot.appointment_at)}</small>}
          </>
        )}
      </span>
      <span class="job-where">{snapshot.customer.unit_code}</span>
      <span class="job-what">
        {wordFor(categoryWords(), snapshot.category)} · {snapshot.content}
      </span>
      <span class="job-marks">
        <span class={`state s-${job.state}`}>{stateWords()[job.state]}</span>
        {snapshot.urgency !== "normal" && (
          <span class="mark late">{urgencyWords()[snapshot.urgency]}</span>
        )}
        {job.hazard && <span class="mark late">{say().hazard}</span>}
        {job.returned.length > 0 && (
          <span class="mark soon">{say().returned(job.returned.length)}</span>
        )}
        {waiting > 0 && <span class="mark">{say().waiting(waiting)}</span>}
      </span>
      {isNext && <span class="job-do">{stageWords()[stageOf(job)]} ›</span>}
    </a>
  );
}
