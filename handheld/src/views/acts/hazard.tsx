/** While a hazard stands: stay out and near, until somebody has taken over and a manager clears it. */

import { href } from "../../app/route";
import { hazardWords } from "../../words/trade";
import { words } from "../../words/words";
import { hasGasEmergency, hazardKind, isAtTheDesk } from "../../work/hazard";
import type { OrderScreenProps } from "../order/order";
import "./acts.css";
import { CallForHelp } from "./callForHelp";
import { LeaveFirst, WhatToDo } from "./leaveFirst";

const say = words({
  zh: {
    over: "这张单没有险情。",
    some: "险情",
    here: "报警已存本机,联网即发。先打电话。",
    known: "报警已送到调度台,经理和责任部门已收到通知。",
    stay: "守在附近的安全处,等责任人员到场接手后再离开。",
    clears: "只有客服经理或总物业经理能确认险情解除;解除后工单自动恢复。在这之前不能完工。",
    checklist: "燃气应急检查单",
    notes: "人安全后补记",
    order: "返回工单",
  },
  en: {
    over: "There is no hazard on this order.",
    some: "Hazard",
    here: "The alarm is kept here and goes out with the network. Call first.",
    known: "The alarm is at the desk; managers and the department have been told.",
    stay: "Stay near, in safety, until the responsible staff have come and taken over.",
    clears:
      "Only the CS manager or the general property manager can clear it; the order then goes on by itself. Until then nothing can be finished.",
    checklist: "Gas emergency checklist",
    notes: "fill it in once everybody is safe",
    order: "Back to the order",
  },
});

export function HazardScreen({ found }: OrderScreenProps) {
  const { job } = found;
  if (!job.hazard) {
    return (
      <article class="alarm">
        <p class="empty">{say().over}</p>
        <a class="button" href={href("order", job.number)}>
          {say().order}
        </a>
      </article>
    );
  }
  const kind = hazardKind(job);
  const isHere = !isAtTheDesk(job);
  return (
    <article class="alarm">
      <LeaveFirst kind={null} />
      {/* Raised on another handheld: what it is was told there. */}
      <h1>⚠ {kind === "other" ? say().some : hazardWords()[kind]}</h1>
      <WhatToDo kind={kind} />
      {/* whoever found it stays until the responsible staff are there. */}
      <p class="strip late">
        <b>{say().stay}</b>
      </p>
      <p class={`strip ${isHere ? "soon" : ""}`} role="status">
        {isHere ? say().here : say().known}
      </p>
      <CallForHelp kind={kind} />
      {hasGasEmergency(job) && (
        <a class="button call" href={href("order", job.number, "checklist")}>
          {say().checklist} · {say().notes}
        </a>
      )}
      {/* P-22 */}
      <p class="soft">{say().clears}</p>
    </article>
  );
}
