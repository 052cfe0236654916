/** Whether a condition of the closed vocabulary holds for a run (`when`, `requires`, `if_no`). */

import type { Run } from "./run";
import type { Atom, Condition, Template } from "./template";

/** Tell whether a word is the wanted one, or one of the wanted. */
export function isOneOf(word: unknown, wanted: string | readonly string[] | undefined): boolean {
  return Array.isArray(wanted) ? wanted.includes(word) : word === wanted;
}

/** Tell whether a condition holds; it looks at the latest result of each step it names. */
export function holds(condition: Condition | null | undefined, run: Run): boolean {
  if (condition === null || condition === undefined) {
    return true;
  }
  if ("all" in condition) {
    return condition.all.every((part) => holds(part, run));
  }
  if ("any" in condition) {
    return condition.any.some((part) => holds(part, run));
  }
  if ("not" in condition) {
    return !holds(condition.not, run);
  }
  return atomHolds(condition, run);
}

function atomHolds(atom: Atom, run: Run): boolean {
  const last = run.last(atom.step);
  if (last === undefined) {
    return false;
  }
  if (atom.chose !== undefined) {
    const { choices } = last.answer;
    return Array.isArray(choices) && choices.includes(atom.chose);
  }
  if (atom.field !== undefined) {
    return isOneOf(run.quantity(atom.step, atom.field) ?? null, atom.is);
  }
  return isOneOf(last.status, atom.is);
}

/** Tell whether a step can only exist because another failed, however indirectly. */
export function isRemedial(template: Template, stepId: string): boolean {
  const step = template.steps.find((one) => one.id === stepId);
  return step !== undefined && hangsOnFailure(template, step.when);
}

function hangsOnFailure(template: Template, condition: Condition | null): boolean {
  if (condition === null || "not" in condition) {
    return false;
  }
  if ("all" in condition) {
    return condition.all.some((part) => hangsOnFailure(template, part));
  }
  if ("any" in condition) {
    return condition.any.every((part) => hangsOnFailure(template, part));
  }
  return condition.is === "fail" || isRemedial(template, condition.step);
}
