/** What a run still lacks, and what can be recorded next. */

import { holdsOpen, isItsTurn, lockers } from "./gates";
import type { Context, Missing, Run } from "./run";
import { applies, isOpen, trouble } from "./standing";
import type { PhotoNeed, Step, Template } from "./template";
import { missing as lacks } from "./wording";

/**
 * Give everything that keeps the run from completion, in the order of the steps.
 *
 * The sign-off is the customer's and an emergency never counts. A photo is there once it is
 * held; every step that was recorded owes its photos, whether or not it still applies.
 */
export function missing(run: Run, context: Context): Missing[] {
  return run.templates
    .filter((template) => !template.emergency)
    .flatMap((template) => [
      ...(isOpen(run, template, context) ? missingGroups(run, template) : []),
      ...recordable(template).flatMap((step) => missingOf(run, step, context)),
    ]);
}

function recordable(template: Template): Step[] {
  return template.steps.filter((step) => step.kind !== "signoff");
}

function missingOf(run: Run, step: Step, context: Context): Missing[] {
  const isDue = isRecordedOrDemanded(run, step) && applies(run, step, context);
  const code = isDue ? trouble(run, step, context) : null;
  const found = code === null ? [] : [lacks(code, step.id)];
  if (isDue || run.last(step.id) !== undefined) {
    for (const need of step.photos.filter((one) => held(step, one, context) < one.min)) {
      found.push(lacks("photo", step.id, need.tag));
    }
  }
  return found;
}

function isRecordedOrDemanded(run: Run, step: Step): boolean {
  return !step.optional || run.last(step.id) !== undefined;
}

function held(step: Step, need: PhotoNeed, context: Context): number {
  const photos = context.heldPhotos.filter(
    (photo) => photo.step === step.id && photo.tag === need.tag,
  );
  return new Set(photos.map((photo) => photo.sha256)).size;
}

function missingGroups(run: Run, template: Template): Missing[] {
  return (template.one_of ?? [])
    .filter((group) => !isAnyRecorded(run, group))
    .map((group) => lacks("one-of", group[0]!, null, { group: group.join(", ") }));
}

function isAnyRecorded(run: Run, group: readonly string[]): boolean {
  return group.some((stepId) => run.last(stepId) !== undefined);
}

/** The steps whose condition holds, sign-offs included; an open emergency comes first. */
export function applicable(run: Run, context: Context): string[] {
  return emergencyFirst(run)
    .flatMap((template) => template.steps)
    .filter((step) => applies(run, step, context))
    .map((step) => step.id);
}

/**
 * The steps to do next, in order; an open emergency comes first.
 *
 * All of them can be recorded now. A locking step whose photo alone is awaited is not among them.
 */
export function nextSteps(run: Run, context: Context): string[] {
  return emergencyFirst(run).flatMap((template) => {
    const wanted = recordable(template).filter((step) => isWanted(run, template, step, context));
    const names = new Set(wanted.map((step) => step.id));
    for (const step of wanted) {
      for (const locker of lockers(run, step, context)) {
        if (!holdsOpen(run, locker, step, context)) {
          names.add(locker.id);
        }
      }
    }
    return recordable(template)
      .filter((step) => names.has(step.id) && isItsTurn(run, step, context))
      .map((step) => step.id);
  });
}

function isWanted(run: Run, template: Template, step: Step, context: Context): boolean {
  if (!applies(run, step, context)) {
    return false;
  }
  if (template.emergency) {
    return run.last(step.id) === undefined;
  }
  if (!isRecordedOrDemanded(run, step)) {
    return (template.one_of ?? []).some(
      (group) => group.includes(step.id) && !isAnyRecorded(run, group),
    );
  }
  const code = trouble(run, step, context);
  return code !== null && code !== "remedy-open";
}

/** The applicable steps that are locked, each with the safety steps that unlock it. */
export function locked(run: Run, context: Context): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const step of run.templates.flatMap(recordable)) {
    const keys = applies(run, step, context) ? lockers(run, step, context) : [];
    if (keys.length > 0) {
      found.set(
        step.id,
        keys.map((key) => key.id),
      );
    }
  }
  return found;
}

function emergencyFirst(run: Run): Template[] {
  return [
    ...run.templates.filter((template) => template.emergency),
    ...run.templates.filter((template) => !template.emergency),
  ];
}
