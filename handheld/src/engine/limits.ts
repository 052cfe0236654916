/** What a well-formed answer is worth: bands of readings, verdicts of choices, yes and no. */

import { holds, isOneOf } from "./conditions";
import { Decimal } from "./decimal";
import { yesNoKey } from "./reading";
import { type Answer, type Context, fieldsOf, Refused, type Run } from "./run";
import type { Json, Quantity, Step, Test } from "./template";
import { folded, isBlank, withoutSpace } from "./text";
import { COMPARISONS, type Comparison, type Status } from "./vocabulary";
import { reason } from "./wording";

/** A status, the name of the band where there is one, and the rule that drew the line. */
export interface Verdict {
  readonly status: Status;
  readonly band: string | null;
  readonly rule: string | null;
}

/** Judge an answer whose shape was checked. Throws Refused where a guard or R-162 bites. */
export function weigh(run: Run, step: Step, answer: Answer, context: Context): Verdict {
  const key = yesNoKey(step.kind);
  if (key !== undefined) {
    return answer.answer[key] ? yes(step, answer, context) : no(run, step);
  }
  if (step.kind === "choice") {
    return choice(step, answer);
  }
  if (step.kind === "reading") {
    return reading(run, step, answer, context);
  }
  return verdict("pass");
}

function verdict(status: Status, band?: string, rule?: string | null): Verdict {
  return { status, band: band ?? null, rule: rule ?? null };
}

function yes(step: Step, answer: Answer, context: Context): Verdict {
  if (step.kind !== "action") {
    return verdict("pass");
  }
  if (!step.limits?.same_spec || isSameSpec(answer.answer)) {
    return verdict("done");
  }
  if (context.overrides.has(step.id) && answer.reason) {
    return verdict("warn", "deviation", "R-162");
  }
  throw new Refused([reason("specification-differs", step.id, "R-162")]);
}

/** Compare specifications as people write them: case, spaces and full width do not count. */
function isSameSpec(body: Json): boolean {
  const [old, fresh] = [body.old_spec, body.new_spec].map((spec) =>
    withoutSpace(folded(spec as string)),
  );
  return old === fresh;
}

function no(run: Run, step: Step): Verdict {
  const line = step.limits?.if_no?.find((one) => holds(one.when, run));
  return line === undefined ? verdict("fail") : verdict(line.status, line.band);
}

function choice(step: Step, answer: Answer): Verdict {
  const ids = answer.answer.choices as readonly string[];
  const chosen = (step.choices ?? []).filter((one) => ids.includes(one.id));
  if (chosen.some((one) => one.text_required) && isBlank(answer.text)) {
    throw new Refused([reason("text-required", step.id, step.rule)]);
  }
  if (chosen.some((one) => one.verdict === "fail")) {
    return verdict("fail");
  }
  const isComplete = (step.limits?.all_of ?? []).every((id) => ids.includes(id));
  return verdict(isComplete ? "pass" : "incomplete");
}

function reading(run: Run, step: Step, answer: Answer, context: Context): Verdict {
  const limits = step.limits ?? {};
  const measured = new Measured(run, answer.answer);
  const guard = limits.guards?.find((one) => measured.meets(one.if));
  if (guard !== undefined) {
    const rule = guard.rule === undefined ? step.rule : guard.rule;
    throw new Refused([reason(guard.refuse, step.id, rule, { key: "value" })]);
  }
  const band = limits.bands?.find((one) => measured.meets(one.if ?? []));
  if (band === undefined) {
    return verdict("pass");
  }
  const isAllowed = band.overridable && context.overrides.has(step.id) && answer.reason;
  const rule = band.rule === undefined ? step.rule : band.rule;
  return verdict(isAllowed ? "warn" : band.status, band.band, rule);
}

/** The numbers that the tests of a limit may speak of. */
class Measured {
  constructor(
    private readonly run: Run,
    private readonly body: Json,
  ) {}

  meets(tests: readonly Test[]): boolean {
    return tests.every((test) => this.meetsOne(test));
  }

  /** Tell whether one test holds; a test that speaks of what is not there does not. */
  private meetsOne(test: Test): boolean {
    const actual = this.resolve(test.of ?? "value");
    if (actual === null) {
      return false;
    }
    if (test.is !== undefined) {
      return isOneOf(actual, test.is);
    }
    const number = Decimal.of(actual);
    if (test.within_percent !== undefined) {
      return this.isWithin(number, test.within_percent);
    }
    return COMPARISONS.every((comparison) => {
      const operand = test[comparison];
      return operand === undefined || this.compares(number, comparison, operand);
    });
  }

  private isWithin(number: Decimal, limit: NonNullable<Test["within_percent"]>): boolean {
    const text = this.resolve(limit.of);
    if (text === null) {
      return false;
    }
    const nominal = Decimal.of(text);
    const off = number.minus(nominal).abs().times(Decimal.of("100"));
    return off.compare(Decimal.of(limit.percent).times(nominal.abs())) <= 0;
  }

  private compares(
    number: Decimal,
    comparison: Comparison,
    operand: NonNullable<Test[Comparison]>,
  ): boolean {
    const bound = typeof operand === "string" ? operand : this.resolve(operand);
    if (bound === null) {
      return false;
    }
    const order = number.compare(Decimal.of(bound));
    const outcomes: Record<Comparison, boolean> = {
      lt: order < 0,
      le: order <= 0,
      gt: order > 0,
      ge: order >= 0,
      eq: order === 0,
      ne: order !== 0,
    };
    return outcomes[comparison];
  }

  /** Find a quantity: this value, a field of this answer, or one of another step's. */
  private resolve(quantity: Quantity): string | null {
    let found: unknown;
    if (quantity === "value") {
      found = this.body.value;
    } else if ("step" in quantity) {
      found = this.run.quantity(quantity.step, quantity.field);
    } else {
      found = fieldsOf(this.body)[quantity.field];
    }
    return found === undefined || found === null ? null : String(found);
  }
}
