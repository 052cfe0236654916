/** The door of the engine: judges one answer against a run, and says what follows from it. */

import { refusals } from "./gates";
import { type Verdict, weigh } from "./limits";
import { read } from "./reading";
import { type Answer, type Context, type Reason, Refused, type Result, type Run } from "./run";
import type { Step } from "./template";
import { begin, isBlank } from "./text";
import { reason } from "./wording";

export { type Standing, standing } from "./display";
export { lockers, refusals } from "./gates";
export { type Verdict, weigh } from "./limits";
export { applicable, locked, missing, nextSteps } from "./progress";
export {
  type Answer,
  type Context,
  type HeldPhoto,
  type Missing,
  type Photo,
  type Reason,
  Refused,
  type Result,
  Run,
  type RunEntry,
} from "./run";
export { applies, redo, trouble } from "./standing";
export { childCodes, type Step, type Template } from "./template";
export type { Kind, Status } from "./vocabulary";

const LONGEST_ID_SHOWN = 60;

/**
 * Judge an answer and give the result to add to the run; the run itself is not changed.
 *
 * Throws Refused, with every reason, where the answer may not be recorded: wrong attempt,
 * condition not met, price not confirmed, locked, out of order, or not an answer.
 */
export function judge(run: Run, answer: Answer, context: Context): Result {
  const step = run.find(answer.step);
  if (step === undefined) {
    throw new Refused([reason("unknown-step", begin(`${answer.step}`, LONGEST_ID_SHOWN))]);
  }
  if (step.kind === "signoff") {
    throw new Refused([reason("signoff-not-recorded", step.id, "R-060")]);
  }
  const expected = (run.last(step.id)?.attempt ?? 0) + 1;
  if (answer.attempt !== expected) {
    throw new Refused([reason("wrong-attempt", step.id, null, { expected })]);
  }
  refuseFor(refusals(run, step, context));
  const { verdict, reasons } = verdictOf(run, step, answer, context);
  if (verdict === null || reasons.length > 0) {
    throw new Refused(reasons);
  }
  return {
    step: step.id,
    attempt: answer.attempt,
    status: verdict.status,
    band: verdict.band,
    answer: answer.answer,
    photos: answer.photos ?? [],
    text: answer.text ?? null,
    reason: answer.reason ?? null,
  };
}

/** What an answer would be worth, and what is wrong with it. */
export interface Opinion {
  readonly verdict: Verdict | null;
  readonly reasons: readonly Reason[];
}

/**
 * Say what an answer would be worth if the step could be recorded now; for showing while it is
 * entered. Gates and attempt are not asked.
 *
 * There is no verdict where the answer cannot be judged: its shape, a guard, the specification.
 * Where a reason alone is lacking there is a verdict and `reason-required` as well.
 */
export function verdictOf(run: Run, step: Step, answer: Answer, context: Context): Opinion {
  const wrong = read(step, answer);
  if (wrong.length > 0) {
    return { verdict: null, reasons: wrong };
  }
  let verdict: Verdict;
  try {
    verdict = weigh(run, step, answer, context);
  } catch (refusal) {
    if (refusal instanceof Refused) {
      return { verdict: null, reasons: refusal.reasons };
    }
    throw refusal;
  }
  const lacksReason = step.reason_required_on?.includes(verdict.status) && isBlank(answer.reason);
  const rule = verdict.rule ?? step.rule;
  return { verdict, reasons: lacksReason ? [reason("reason-required", step.id, rule)] : [] };
}

function refuseFor(reasons: readonly Reason[]): void {
  if (reasons.length > 0) {
    throw new Refused(reasons);
  }
}

/** What a failure asks of the order: `hazard` (value: the emergency's code) or `suspend`. */
export interface Consequence {
  readonly kind: "hazard" | "suspend";
  readonly value: string;
}

/** Say what a result means for the order beyond its checklist; null for most. */
export function consequence(step: Step, result: Result): Consequence | null {
  if (result.status !== "fail") {
    return null;
  }
  for (const kind of ["hazard", "suspend"] as const) {
    const value = step.on_fail?.[kind];
    if (value !== undefined) {
      return { kind, value };
    }
  }
  return null;
}
