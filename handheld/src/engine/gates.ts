/** Whether a step may be recorded now: its condition, the price, the locks and the order. */

import { holds, isRemedial } from "./conditions";
import type { Context, Reason, Run } from "./run";
import { applies, isAnswered, isStale, lockoutEnded, trouble } from "./standing";
import { remedies, type Step, type Template } from "./template";
import { reason } from "./wording";

/** Give every reason why a step may not be recorded now; none when it may. */
export function refusals(run: Run, step: Step, context: Context): Reason[] {
  const owner = run.ownerOf(step);
  if (!applies(run, step, context)) {
    return [reason("not-applicable", step.id, step.rule), ...price(owner, step, context)];
  }
  return [
    ...price(owner, step, context),
    ...locks(run, step, context),
    ...order(run, owner, step, context),
    ...requirements(run, step),
    ...child(run, step, context),
  ];
}

/**
 * Tell whether a step may be recorded now and nothing else should rather be done first.
 *
 * While the price is open a later test may be recorded, but it is not what comes next; nor is
 * the picture of finished work while work is left.
 */
export function isItsTurn(run: Run, step: Step, context: Context): boolean {
  if (refusals(run, step, context).length > 0) {
    return false;
  }
  const owner = run.ownerOf(step);
  if (step.kind === "photo") {
    return !owner.steps.some((other) => other.seq < step.seq && isWanting(run, other, context));
  }
  return order(run, owner, step, { ...context, priceConfirmed: true }).length === 0;
}

/** Tell whether a step must be recorded and is not settled; sign-offs are the customer's. */
export function isWanting(run: Run, step: Step, context: Context): boolean {
  if (step.kind === "signoff" || (step.optional && run.last(step.id) === undefined)) {
    return false;
  }
  return applies(run, step, context) && trouble(run, step, context) !== null;
}

/** The safety steps that keep a step locked. */
export function lockers(run: Run, step: Step, context: Context): Step[] {
  return run
    .ownerOf(step)
    .steps.filter(
      (locker) =>
        locker.locks.includes(step.id) &&
        applies(run, locker, context) &&
        !(
          holdsOpen(run, locker, step, context) &&
          (!locker.lock_needs_photo || isPictured(run, locker, context))
        ),
    );
}

/** Tell whether a safety step is confirmed and still in force for a step it locks. */
export function holdsOpen(run: Run, locker: Step, step: Step, context: Context): boolean {
  if (run.last(locker.id)?.status !== "pass" || isStale(run, locker, context)) {
    return false;
  }
  // A step that was sent back may only want a better picture; where hands go in again, the
  // safety step is sent back with it.
  return context.reworkSteps.has(step.id) || !lockoutEnded(run, locker);
}

function isPictured(run: Run, locker: Step, context: Context): boolean {
  const named = run.last(locker.id)?.photos ?? [];
  const held = context.heldPhotos.filter((photo) => photo.step === locker.id);
  const tags = new Set([...named, ...held].map((photo) => photo.tag));
  return locker.photos.every((need) => tags.has(need.tag));
}

/** no action before the customer has confirmed the price; emergencies are exempt. */
function price(owner: Template, step: Step, context: Context): Reason[] {
  return step.kind === "action" && !owner.emergency && !context.priceConfirmed
    ? [reason("price-not-confirmed", step.id, "R-056")]
    : [];
}

function locks(run: Run, step: Step, context: Context): Reason[] {
  return lockers(run, step, context).map((locker) =>
    reason("locked", step.id, locker.rule ?? step.rule, { lockers: locker.id }),
  );
}

/** Steps run in order; what only inspects may go ahead of work that has to wait. */
function order(run: Run, owner: Template, step: Step, context: Context): Reason[] {
  if (owner.emergency || step.any_time) {
    return [];
  }
  const earlier = owner.steps.find(
    (other) => other.seq < step.seq && holdsUp(run, owner, other, step, context),
  );
  return earlier === undefined
    ? []
    : [reason("out-of-order", step.id, step.rule, { earlier: earlier.id })];
}

function holdsUp(run: Run, owner: Template, earlier: Step, step: Step, context: Context): boolean {
  if (earlier.kind === "signoff" || !applies(run, earlier, context)) {
    return false;
  }
  if (
    remedies(earlier).includes(step.id) ||
    (earlier.optional && run.last(earlier.id) === undefined)
  ) {
    return false;
  }
  if (step.kind !== "action" && isRemedial(owner, earlier.id)) {
    return false;
  }
  if (earlier.kind !== "action") {
    return !isAnswered(run, earlier, context);
  }
  if (step.kind !== "action" && !context.priceConfirmed) {
    return false;
  }
  return trouble(run, earlier, context) !== null;
}

function requirements(run: Run, step: Step): Reason[] {
  return (step.requires ?? [])
    .filter((required) => !holds(required.if, run))
    .map(({ rule, text }) => reason("requirement-unmet", step.id, rule, { ...text }));
}

/** A step that opens a child run is done once nothing of it is open; photos may come later. */
function child(run: Run, step: Step, context: Context): Reason[] {
  if (step.child === undefined) {
    return [];
  }
  const opened = run.child(step.child);
  const waiting = opened.steps.filter((inner) => isWanting(run, inner, context));
  if (waiting.length === 0) {
    return [];
  }
  const steps = waiting.map((inner) => inner.id).join(", ");
  return [reason("child-run-open", step.id, step.rule, { child: opened.code, steps })];
}
