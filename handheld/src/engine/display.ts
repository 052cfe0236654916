/** How a step is shown: one word that takes the gates and the latest result together. */

import { lockers, refusals } from "./gates";
import { missing } from "./progress";
import type { Context, Run } from "./run";
import { applies, trouble } from "./standing";
import type { Step } from "./template";
import type { Status } from "./vocabulary";

/**
 * - `not-applicable`: with the results so far there is nothing to do here
 * - `locked`: it must be recorded, and a safety step stands before it (`lockers`)
 * - `waiting`: not recorded, and something else comes first (`refusals` says what)
 * - `open`: not recorded, and may be recorded now
 * - `again`: what was recorded no longer holds, it was overtaken or sent back (`trouble`)
 * - a status: that of its latest result, which still holds; `fail` stays `fail` when remedied
 */
export type Standing =
  | "not-applicable"
  | "locked"
  | "waiting"
  | "open"
  | "again"
  | Exclude<Status, "na">;

/** Say how a step is to be shown. A sign-off is open once nothing is missing. */
export function standing(run: Run, step: Step, context: Context): Standing {
  if (!applies(run, step, context)) {
    return "not-applicable";
  }
  if (step.kind === "signoff") {
    return missing(run, context).length === 0 ? "open" : "waiting";
  }
  const last = run.last(step.id);
  const code = trouble(run, step, context);
  const isAgain = code === "sent-back" || code === "repeat";
  if (last !== undefined && !isAgain && last.status !== "na") {
    return last.status;
  }
  if (lockers(run, step, context).length > 0) {
    return "locked";
  }
  if (last !== undefined) {
    return "again";
  }
  return refusals(run, step, context).length > 0 ? "waiting" : "open";
}
