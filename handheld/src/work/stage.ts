/** What comes next on an order, and what else may be done: what the order screen offers. Pure. */

import type { Job } from "./job";

/** The one thing to do now. */
export type Stage =
  | "acknowledge"
  | "arrive"
  | "inspect"
  | "quote"
  | "confirm"
  | "work"
  | "ready"
  | "trial"
  | "hand_in"
  | "await_decision"
  | "suspended"
  | "hazard"
  | "returned"
  | "over";

/** Things that may be done beside it. */
export type Aside =
  | "return"
  | "set_out"
  | "inspect"
  | "requote"
  | "checklist"
  | "suspend"
  | "resume"
  | "cancel"
  | "alarm"
  | "stock"
  | "damage";

/** States in which the technician works on the order. */
export const AT_WORK: ReadonlySet<string> = new Set(["on_site", "quoted", "in_progress", "rework"]);

export function stageOf(job: Job): Stage {
  if (job.hazard) return "hazard";
  if (job.returned.length > 0 && !AT_WORK.has(job.state)) return "returned";
  switch (job.state) {
    case "dispatched":
      return "acknowledge";
    case "acknowledged":
      return "arrive";
    case "on_site":
      return isInspected(job) ? "quote" : "inspect";
    case "quoted":
      return "confirm";
    case "in_progress":
      return isComplete(job) ? "ready" : "work";
    case "rework":
      // R-061; without a checklist there is nothing to record anew.
      return (job.redone || job.snapshot.checklist === null) && isComplete(job) ? "ready" : "work";
    case "suspended":
      return "suspended";
    case "awaiting_acceptance":
      return "trial";
    case "accepted":
    case "cancel_pending":
      return "hand_in";
    case "escalated":
      return "await_decision";
    default:
      return "over";
  }
}

export function asidesOf(job: Job): Aside[] {
  const { state } = job;
  const asides: Aside[] = [];
  const atWork = AT_WORK.has(state);
  if (state === "acknowledged" && !said(job, "order.set_out")) asides.push("set_out");
  if (job.run !== null && !["dispatched", "acknowledged"].includes(state)) asides.push("checklist");
  if (atWork && state !== "rework") asides.push("inspect");
  if (["quoted", "in_progress"].includes(state)) asides.push("requote");
  if (atWork) asides.push("suspend");
  // P-22: a hazard order goes on only after a manager found the danger gone.
  if (state === "suspended" && !job.hazard) asides.push("resume");
  if (!["dispatched", "closed"].includes(state)) asides.push("stock", "damage");
  if (["dispatched", "acknowledged"].includes(state)) asides.push("return");
  if (["dispatched", "acknowledged", "on_site", "quoted", "in_progress"].includes(state)) {
    asides.push("cancel");
  }
  if (!job.hazard && !["closed", "cancel_pending"].includes(state)) asides.push("alarm");
  return asides;
}

/** an inspection note stands before the quote. */
export function isInspected(job: Job): boolean {
  return said(job, "order.inspected") || job.snapshot.inspected === true;
}

/** Whether the checklist is complete; one that has not come yet is not. */
export function isComplete(job: Job): boolean {
  return job.missing.length === 0 && (job.run !== null || job.snapshot.checklist === null);
}

export function said(job: Job, type: string): boolean {
  return job.acts.some(
    (act) => act.type === type && act.outcome !== "rejected" && act.outcome !== "recorded",
  );
}
