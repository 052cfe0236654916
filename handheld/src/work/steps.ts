/** The steps of a job as the checklist shows them: in what order, how each stands, what is next. Pure. */

import {
  applies,
  type Context,
  lockers,
  nextSteps,
  type Reason,
  type Result,
  type Run,
  refusals,
  type Standing,
  type Step,
  standing,
  type Template,
  trouble,
} from "../engine/evaluate";
import type { Condition } from "../engine/template";
import type { Job } from "./job";
import { AT_WORK } from "./stage";

/** One step as the list shows it. */
export interface StepSeen {
  step: Step;
  standing: Standing;
  /** It failed, and what was to be done about it is done. */
  isRemedied: boolean;
  attempts: number;
  last: Result | undefined;
  /** Why QA sent it back, while it is not done anew. */
  returned: string | null;
  /** Tags of photos that are still owed. */
  photosOwed: readonly string[];
  lockers: readonly Step[];
  /** It does not apply so far; whether it will is told by these, which are still to be done. */
  awaits: readonly Step[];
}

export interface StepGroup {
  template: Template;
  role: "emergency" | "own" | "child";
  steps: readonly StepSeen[];
  /** Steps that the results so far leave no reason for. */
  idle: readonly Step[];
}

/** The steps by checklist, an open emergency first; what was never opened is left out. */
export function groupsOf(job: Job): StepGroup[] {
  const { run } = job;
  if (run === null) return [];
  const groups = run.templates.map((template): StepGroup => {
    const isShown = (step: Step) =>
      applies(run, step, job.context) || run.last(step.id) !== undefined;
    return {
      template,
      role: template.emergency
        ? "emergency"
        : template.code === run.template.code
          ? "own"
          : "child",
      steps: template.steps.filter(isShown).map((step) => seen(job, run, step)),
      idle: template.steps.filter((step) => !isShown(step)),
    };
  });
  const open = groups.filter((group) => group.role === "own" || group.steps.length > 0);
  return [
    ...open.filter((group) => group.role === "emergency"),
    ...open.filter((group) => group.role !== "emergency"),
  ];
}

/** How one step stands. */
export function seen(job: Job, run: Run, step: Step): StepSeen {
  const last = run.last(step.id);
  const stands = standing(run, step, job.context);
  return {
    step,
    standing: stands,
    isRemedied: stands === "fail" && trouble(run, step, job.context) === null,
    attempts: last?.attempt ?? 0,
    last,
    returned: job.returned.find((one) => one.step === step.id)?.reason ?? null,
    photosOwed: last === undefined ? [] : photosOwed(step, job.context),
    lockers: stands === "locked" ? lockers(run, step, job.context) : [],
    awaits: stands === "not-applicable" ? awaited(run, step, job.context) : [],
  };
}

/** The steps that a condition looks at and that are due themselves: charging waits for the leak. */
function awaited(run: Run, step: Step, context: Context): Step[] {
  return [...new Set(stepsOf(step.when))]
    .map((id) => run.find(id))
    .filter((one) => one !== undefined)
    .filter((one) => applies(run, one, context) && trouble(run, one, context) !== null);
}

function stepsOf(condition: Condition | null | undefined): string[] {
  if (condition === null || condition === undefined) return [];
  if ("all" in condition) return condition.all.flatMap(stepsOf);
  if ("any" in condition) return condition.any.flatMap(stepsOf);
  if ("not" in condition) return stepsOf(condition.not);
  return [condition.step];
}

/** Tags of which fewer pictures are held than the step asks for. */
export function photosOwed(step: Step, context: Context): string[] {
  return step.photos
    .filter((need) => heldCount(step, need.tag, context) < need.min)
    .map((need) => need.tag);
}

/** How many pictures count for a step and tag. */
export function heldCount(step: Step, tag: string, context: Context): number {
  const held = context.heldPhotos.filter((photo) => photo.step === step.id && photo.tag === tag);
  return new Set(held.map((photo) => photo.sha256)).size;
}

/** Whether only what QA sent back is asked for: a small task, not the whole checklist. */
export function isReturnedOnly(job: Job): boolean {
  return job.returned.length > 0 && !AT_WORK.has(job.state) && !job.hazard;
}

/** How many of the steps that are demanded are settled. Sign-offs and emergencies do not count. */
export function progressOf(job: Job): { done: number; total: number } {
  const { run, context } = job;
  if (run === null) return { done: 0, total: 0 };
  const demanded = run.templates
    .filter((template) => !template.emergency)
    .flatMap((template) => template.steps)
    .filter((step) => step.kind !== "signoff" && applies(run, step, context))
    .filter((step) => !step.optional || run.last(step.id) !== undefined);
  const done = demanded.filter((step) => trouble(run, step, context) === null);
  return { done: done.length, total: demanded.length };
}

/**
 * The step to go on with: what is next, then what owes a photo or stands in the way; null where
 * nothing is left, or where the price has to be agreed first.
 */
export function suggested(job: Job): string | null {
  if (job.run === null) return null;
  if (isReturnedOnly(job)) return job.returned[0]!.step;
  const latest = job.run.results.at(-1);
  const from = latest === undefined ? undefined : job.run.find(latest.step);
  const next = stepAfter(job.run, job.context, from, job.next);
  if (next !== null) return next;
  const { missing } = job;
  const owed = missing.find((one) => one.tag !== null && job.run!.last(one.step) !== undefined);
  return (owed ?? (job.context.priceConfirmed ? missing[0] : undefined))?.step ?? null;
}

/**
 * The step that follows one that was just recorded; null where none can be done now.
 *
 * After a failure its remedies come first, or the checklist that a remedy opens; then what is next
 * in the same checklist; then back to the step that opened it; then whatever else is next.
 */
export function stepAfter(
  run: Run,
  context: Context,
  from: Step | undefined,
  next: readonly string[] = nextSteps(run, context),
): string | null {
  const steps = next.map((id) => run.find(id)!);
  const first = steps[0];
  if (first === undefined) return null;
  if (from === undefined) return first.id;
  const owner = run.ownerOf(from);
  // nothing is more urgent than getting out.
  if (run.ownerOf(first).emergency && !owner.emergency) return first.id;
  const failed = run.last(from.id)?.status === "fail";
  const remedies = failed ? (from.on_fail?.do ?? []).map((id) => run.find(id)!) : [];
  const found =
    steps.find((step) => remedies.includes(step)) ??
    steps.find((step) => remedies.some((one) => one.child === run.ownerOf(step).code)) ??
    steps.find((step) => run.ownerOf(step) === owner) ??
    steps.find((step) => step.child === owner.code) ??
    first;
  return found.id;
}

/** The steps before and after one in the list. */
export function neighbours(job: Job, id: string): { previous: string | null; next: string | null } {
  const ids = isReturnedOnly(job)
    ? job.returned.map((one) => one.step)
    : groupsOf(job).flatMap((group) => group.steps.map((one) => one.step.id));
  const place = ids.indexOf(id);
  return {
    previous: place > 0 ? ids[place - 1]! : null,
    next: place >= 0 ? (ids[place + 1] ?? null) : null,
  };
}

/** Whether the order is in a state in which this step may be recorded at all (R-054, P-22). */
export function isAtWork(job: Job, id: string): boolean {
  return (
    AT_WORK.has(job.state) ||
    (job.state === "suspended" && job.hazard) ||
    job.returned.some((one) => one.step === id)
  );
}

/** What keeps a step from being recorded now; empty when nothing does. */
export function obstacles(job: Job, step: Step): readonly Reason[] {
  if (job.run === null || step.kind === "signoff") return [];
  return refusals(job.run, step, job.context);
}

/** The steps that a sentence of the engine names, so that they can be gone to. */
export function stepsNamed(run: Run, reason: Pick<Reason, "step" | "en">): Step[] {
  const ids = new Set(reason.en.split(/[^A-Za-z0-9_.-]+/).map((word) => word.replace(/\.$/, "")));
  ids.delete(reason.step);
  return [...ids].map((id) => run.find(id)).filter((step) => step !== undefined);
}

/** What a verdict asks for besides the step itself. */
export interface Follows {
  /** get out first. */
  hazard: boolean;
  suspend: string | null;
  remedies: readonly Step[];
  /** The first steps of what has to be done again. */
  backTo: readonly Step[];
}

/** What follows where a step would be worth `status`. */
export function follows(run: Run, step: Step, status: string): Follows {
  const failed = status === "fail" ? step.on_fail : null;
  const steps = (ids: readonly string[] | undefined) =>
    (ids ?? []).map((id) => run.find(id)).filter((one) => one !== undefined);
  return {
    hazard: failed?.hazard !== undefined,
    suspend: failed?.suspend ?? null,
    remedies: steps(failed?.do),
    backTo: steps(failed?.back_to).filter((one) => run.last(one.id) !== undefined),
  };
}
