/** Where a step leads once it is recorded: its photos, the danger, the next step, the order. Pure. */

import { missing, type Result, type Run, type Step } from "../engine/evaluate";
import type { Job } from "./job";
import { follows, isReturnedOnly, photosOwed, stepAfter } from "./steps";

export type Onward = { to: "stay" | "order" | "hazard" | "list" } | { to: "step"; step: string };

/** `run` is the run before the result. */
export function onwardFrom(job: Job, run: Run, step: Step, result: Result): Onward {
  const after = run.withResult(result);
  const named = result.photos.map((photo) => ({ ...photo, step: step.id }));
  const context = {
    ...job.context,
    heldPhotos: [...job.context.heldPhotos, ...named],
    reworkSteps: new Set([...job.context.reworkSteps].filter((id) => id !== step.id)),
  };
  const { hazard, suspend } = follows(run, step, result.status);
  if (hazard) return { to: "hazard" };
  if (suspend !== null) return { to: "order" };
  if (photosOwed(step, context).length > 0) return { to: "stay" };
  if (isReturnedOnly(job)) {
    const left = job.returned.find((one) => one.step !== step.id);
    return left === undefined ? { to: "order" } : { to: "step", step: left.step };
  }
  const next = stepAfter(after, context, step);
  if (next !== null) return next === step.id ? { to: "stay" } : { to: "step", step: next };
  // the inspection is over, and all that is left waits for the price.
  const isOver = missing(after, context).length === 0 || !context.priceConfirmed;
  return { to: isOver ? "order" : "list" };
}
