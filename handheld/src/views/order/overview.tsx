/** The order's first screen. */

import { go, href } from "../../app/route";
import type { AssetSeen } from "../../contract/wire";
import { dayAndClock, money } from "../../words/format";
import {
  categoryWords,
  stateWords,
  suspensionWords,
  urgencyWords,
  wordFor,
} from "../../words/trade";
import { words } from "../../words/words";
import type { Job } from "../../work/job";
import { type Aside, asidesOf, type Stage, stageOf } from "../../work/stage";
import { AlarmButton } from "../acts/alarmButton";
import { useRecording } from "../parts/recording";
import { OrderPhotos } from "../photos/orderPhotos";
import { HeldBack } from "./heldBack";
import type { OrderScreenProps } from "./order";
import { Reach } from "./reach";
import { stageWords } from "./stages";
import { WhatIsLeft } from "./whatIsLeft";

const say = words({
  zh: {
    call: "打电话",
    appointment: "预约",
    none: "未约时间",
    content: "报修内容",
    asset: "设备",
    free: (until: string) => `✓ 保修内,不收费${until && `(至 ${until})`}`,
    paid: (until: string) => `✗ 不在保修内${until && `(保修至 ${until})`}`,
    price: "价格",
    confirmed: "客户已确认",
    unconfirmed: "客户未确认",
    rework: (round: number) => `第 ${round} 次返工`,
    noTemplate: "检查单还没有下载到本机,联网后自动取得。",
    handIn: "请把服务工作单交到调度台或前台核销。",
    awaitDecision: "已上报,等客服经理或总物业经理决定。",
    otherActs: "其他操作",
    return: "退单",
    set_out: "出发",
    inspect: "补充勘查",
    requote: "改报价",
    checklist: "检查单",
    suspend: "暂停",
    resume: "恢复施工",
    cancel: "客户取消",
    history: "我的记录",
    stock: "材料工具",
    damage: "报损",
  },
  en: {
    call: "Call",
    appointment: "Appointment",
    none: "None",
    content: "Reported",
    asset: "Asset",
    free: (until: string) => `✓ In warranty, free of charge${until && ` (until ${until})`}`,
    paid: (until: string) => `✗ Not in warranty${until && ` (until ${until})`}`,
    price: "Price",
    confirmed: "confirmed by the customer",
    unconfirmed: "not confirmed yet",
    rework: (round: number) => `Rework ${round}`,
    noTemplate: "The checklist has not been downloaded yet; it comes with the network.",
    handIn: "Hand in the service work order at the dispatch or front desk for write-off.",
    awaitDecision: "Escalated: the CS manager or the general property manager decides.",
    otherActs: "Other",
    return: "Return the order",
    set_out: "Set out",
    inspect: "Add to the inspection",
    requote: "Change the quote",
    checklist: "Checklist",
    suspend: "Suspend",
    resume: "Resume work",
    cancel: "Customer cancels",
    history: "What I did",
    stock: "Materials and tools",
    damage: "Report damage",
  },
});

export function Overview({ found }: OrderScreenProps) {
  const { job } = found;
  const { snapshot } = job;
  const { customer } = snapshot;
  const hasButton = !WITHOUT_BUTTON.has(stageOf(job));
  return (
    <article class="order">
      <header>
        <p class="job-marks">
          <span class={`state s-${job.state}`}>{stateWords()[job.state]}</span>
          {snapshot.urgency !== "normal" && (
            <span class="mark late">{urgencyWords()[snapshot.urgency]}</span>
          )}
          {job.reworkRound > 0 && <span class="mark soon">{say().rework(job.reworkRound)}</span>}
          <small class="soft">{job.number}</small>
        </p>
        <h1>{customer.unit_code}</h1>
        <p class="job-what">{wordFor(categoryWords(), snapshot.category)}</p>
      </header>
      <section class="card">
        <p class="line-call">
          <span>{customer.name}</span>
          {customer.phone && (
            <a class="button" href={`tel:${customer.phone}`}>
              {say().call} {customer.phone}
            </a>
          )}
        </p>
        <dl>
          <dt>{say().appointment}</dt>
          <dd>{snapshot.appointment_at ? dayAndClock(snapshot.appointment_at) : say().none}</dd>
          <dt>{say().content}</dt>
          <dd class="content">{snapshot.content}</dd>
          {snapshot.asset && (
            <>
              <dt>{say().asset}</dt>
              <dd>
                {snapshot.asset.label} {snapshot.asset.brand} {snapshot.asset.model}
                <br />
                {isFree(snapshot.asset)
                  ? say().free(snapshot.asset.covered_until ?? "")
                  : say().paid(snapshot.asset.covered_until ?? "")}
              </dd>
            </>
          )}
          {job.quote && (
            <>
              <dt>{say().price}</dt>
              <dd>
                <b>{money(job.quote.totalFen)}</b>{" "}
                {job.quote.confirmed ? say().confirmed : say().unconfirmed}
              </dd>
            </>
          )}
        </dl>
        <div class="reach-line">
          <Reach job={job} photos={found.photos} />
          <a class="button" href={href("order", job.number, "history")}>
            {say().history}
          </a>
        </div>
      </section>
      <WhatIsLeft job={job} photos={found.photos} />
      {!hasButton && <HeldBack job={job} photos={found.photos} />}
      <Primary job={job} />
      {/* These come and go by themselves: above the button, they would move it under a thumb. */}
      {hasButton && <HeldBack job={job} photos={found.photos} />}
      {found.templateIsMissing && <p class="strip soon">{say().noTemplate}</p>}
      <OrderPhotos order={job.number} />
      <Asides job={job} />
    </article>
  );
}

function isFree(asset: AssetSeen): boolean {
  return asset.warranty === "in_warranty" || asset.warranty === "goodwill";
}

/** Screens that a stage leads to; the others are one press. */
const SCREENS: Partial<Record<Stage, string>> = {
  inspect: "inspect",
  quote: "quote",
  confirm: "confirm",
  work: "checklist",
  trial: "trial",
  hazard: "hazard",
  returned: "checklist",
};

/** Nothing to press: what to do elsewhere, or whom to wait for. */
const WITHOUT_BUTTON: ReadonlySet<Stage> = new Set([
  "hand_in",
  "await_decision",
  "suspended",
  "over",
]);

function Primary({ job }: { job: Job }) {
  const { record, busy } = useRecording();
  const stage = stageOf(job);
  const screen = SCREENS[stage];
  const press = {
    acknowledge: () => record("order.acknowledged", job.snapshot, {}),
    arrive: () => record("order.arrived", job.snapshot, {}),
    ready: () => record("order.ready", job.snapshot, {}),
  }[stage as "acknowledge" | "arrive" | "ready"];
  if (screen !== undefined) {
    return (
      <button type="button" class="primary" onClick={() => go("order", job.number, screen)}>
        {`${stageWords()[stage]}\u00a0›`}
      </button>
    );
  }
  if (press !== undefined) {
    return (
      <button type="button" class="primary" disabled={busy} onClick={() => void press()}>
        {stageWords()[stage]}
      </button>
    );
  }
  return (
    <p class="strip">
      <b>{stageWords()[stage]}</b>
      <br />
      {stage === "hand_in" && say().handIn}
      {stage === "await_decision" && say().awaitDecision}
      {stage === "suspended" && job.suspension && suspensionWords()[job.suspension]}
    </p>
  );
}

const ASIDE_SCREENS: Partial<Record<Aside, string>> = {
  return: "return",
  inspect: "inspect",
  requote: "quote",
  checklist: "checklist",
  suspend: "suspend",
  cancel: "cancel",
  stock: "stock",
  damage: "damage",
};

function Asides({ job }: { job: Job }) {
  const { record, busy } = useRecording();
  return (
    <nav class="asides" aria-label={say().otherActs}>
      {asidesOf(job).map((aside) => {
        if (aside === "alarm") return <AlarmButton job={job} key={aside} />;
        const screen = ASIDE_SCREENS[aside];
        if (screen !== undefined) {
          return (
            <a class={`button aside-${aside}`} key={aside} href={href("order", job.number, screen)}>
              {say()[aside]}
            </a>
          );
        }
        const type = aside === "resume" ? "order.resumed" : "order.set_out";
        return (
          <button
            type="button"
            key={aside}
            disabled={busy}
            onClick={() => void record(type, job.snapshot, {})}
          >
            {say()[aside]}
          </button>
        );
      })}
    </nav>
  );
}
