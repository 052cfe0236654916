/** How each step stands: does it apply, does its latest result still hold, is it settled. */

import { holds } from "./conditions";
import type { Context, Run } from "./run";
import { backTo, remedies, type Step, type Template } from "./template";
import { GOOD, type Status } from "./vocabulary";
import type { MissingCode } from "./wording";

const ACTED: readonly Status[] = ["pass", "done", "warn"];

/** Tell whether the emergency is open: somebody raised it, or a gas check failed. */
export function hazardRaised(run: Run, context: Context): boolean {
  return (
    context.hazard ||
    run.results.some(
      (result) => result.status === "fail" && run.find(result.step)?.on_fail?.hazard !== undefined,
    )
  );
}

/** Tell whether a step may be recorded at all: its condition, and its template being open. */
export function applies(run: Run, step: Step, context: Context): boolean {
  if (context.reworkSteps.has(step.id) && run.last(step.id) !== undefined) {
    return true;
  }
  return isOpen(run, run.ownerOf(step), context) && holds(step.when, run);
}

/** Tell whether a template's steps are in play: the main one always, a child by its parent. */
export function isOpen(run: Run, owner: Template, context: Context): boolean {
  if (owner.code === run.template.code) {
    return true;
  }
  if (owner.emergency) {
    return hazardRaised(run, context);
  }
  return run.template.steps.some(
    (parent) => parent.child === owner.code && holds(parent.when, run),
  );
}

/**
 * The steps to record anew once `failed` has failed and sent the run back.
 *
 * They are the step itself, those it goes back to as far as they apply, and every test between.
 */
export function redo(run: Run, failed: Step): ReadonlySet<string> {
  const owner = run.ownerOf(failed);
  const targets = owner.steps.filter(
    (step) => backTo(failed).includes(step.id) && holds(step.when, run),
  );
  const start = Math.min(...targets.map((target) => target.seq));
  const tests = owner.steps.filter(
    (step) => step.test && start < step.seq && step.seq < failed.seq,
  );
  return new Set([failed, ...targets, ...tests].map((step) => step.id));
}

/**
 * Tell whether the latest result of a step has been overtaken and must be recorded anew.
 *
 * It is when the step was sent back; when work whose `repeat` names it was done later; when a
 * later failure sent the run back past it; or when it belongs to an earlier round of a child run.
 */
export function isStale(run: Run, step: Step, context: Context): boolean {
  if (context.reworkSteps.has(step.id)) {
    return true;
  }
  const recorded = run.at(step.id);
  const owner = run.ownerOf(step);
  return (
    owner.steps.some(
      (other) => other.repeat?.includes(step.id) && run.at(other.id, ...ACTED) > recorded,
    ) ||
    owner.steps.some(
      (other) =>
        backTo(other).length > 0 &&
        run.at(other.id, "fail") > recorded &&
        redo(run, other).has(step.id),
    ) ||
    isOfAnEarlierRound(run, owner, recorded)
  );
}

function isOfAnEarlierRound(run: Run, owner: Template, recorded: number): boolean {
  return run.template.steps.some((parent) => {
    const closed = run.at(parent.id, ...ACTED);
    return (
      parent.child === owner.code &&
      recorded < closed &&
      closed < latestCall(run, run.template, parent)
    );
  });
}

/** Where the latest failure stands that still calls for this remedy; -1 when none does. */
function latestCall(run: Run, owner: Template, remedy: Step): number {
  const calls = owner.steps
    .filter((other) => remedies(other).includes(remedy.id))
    .filter((other) => run.last(other.id)?.status === "fail")
    .map((other) => run.at(other.id));
  return Math.max(-1, ...calls);
}

/** Tell whether what a safety step had shut was opened again by a later step. */
export function lockoutEnded(run: Run, locker: Step): boolean {
  const confirmed = run.at(locker.id);
  return run
    .ownerOf(locker)
    .steps.some(
      (other) => other.releases?.includes(locker.id) && run.at(other.id, ...ACTED) > confirmed,
    );
}

/** Say why a step is not settled; null when it is. */
export function trouble(run: Run, step: Step, context: Context): MissingCode | null {
  const last = run.last(step.id);
  if (last === undefined) {
    return "not-recorded";
  }
  if (context.reworkSteps.has(step.id)) {
    return "sent-back";
  }
  if (isStale(run, step, context) || (GOOD.has(last.status) && isCalledAgain(run, step))) {
    return "repeat";
  }
  if (last.status === "incomplete") {
    return "incomplete";
  }
  return last.status === "fail" ? failure(run, step) : null;
}

/** A failure is settled once all its remedies were done after it. */
function failure(run: Run, step: Step): MissingCode | null {
  if (remedies(step).length === 0) {
    return "failed";
  }
  const failed = run.at(step.id);
  return remedies(step).every((remedy) => run.at(remedy, ...ACTED) > failed) ? null : "remedy-open";
}

/** Tell whether what was done is due again: a new failure, or a lock-out it has to lift. */
function isCalledAgain(run: Run, step: Step): boolean {
  const done = run.at(step.id, ...ACTED);
  return (
    latestCall(run, run.ownerOf(step), step) > done ||
    (step.releases ?? []).some((locker) => run.at(locker, "pass") > done)
  );
}

/** Tell whether later steps may be recorded: there is a valid result, and safety is given. */
export function isAnswered(run: Run, step: Step, context: Context): boolean {
  const last = run.last(step.id);
  if (last === undefined || isStale(run, step, context)) {
    return false;
  }
  return step.kind !== "safety" || GOOD.has(last.status);
}
