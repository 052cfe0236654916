/** What is typed for a step, and what it would be worth: judged with every keystroke. Pure. */

import {
  type Answer,
  type Context,
  type Photo,
  type Reason,
  type Run,
  type Step,
  type Verdict,
  verdictOf,
} from "../engine/evaluate";

/** An answer being typed. It is kept as a draft, so it is plain data. */
export interface Entry {
  /** In order, confirmed, done; null while neither was pressed. */
  yes: boolean | null;
  value: string;
  /** Null: the step's own. */
  unit: string | null;
  fields: Readonly<Record<string, string>>;
  choices: readonly string[];
  oldSpec: string;
  newSpec: string;
  text: string;
  reason: string;
  /** The supervisor allowed a deviation (R-162, P-24): the technician's word for it. */
  allowed: boolean;
}

export const BLANK: Entry = {
  yes: null,
  value: "",
  unit: null,
  fields: {},
  choices: [],
  oldSpec: "",
  newSpec: "",
  text: "",
  reason: "",
  allowed: false,
};

/** What an entry comes to at this moment. */
export interface Weighed {
  answer: Answer;
  verdict: Verdict | null;
  /** Why it is impossible; empty while it only lacks something. */
  wrong: readonly Reason[];
  /** What is still to be filled in: "value", "choice", "spec", "text", "reason", a field's name. */
  lacking: readonly string[];
  /** With a reason and the supervisor's leave it would be taken. */
  mayDeviate: boolean;
}

const YES_KEYS = { safety: "confirmed", check: "ok", action: "done" } as const;

/** Judge an entry as attempt so-and-so; gates are not asked. */
export function weighEntry(
  run: Run,
  context: Context,
  step: Step,
  entry: Entry,
  photos: readonly Photo[] = [],
): Weighed {
  const bare = answerOf(run, step, entry, photos);
  const lacking = lackingIn(step, entry);
  const strict = { ...context, overrides: new Set<string>() };
  if (lacking.length > 0)
    return { answer: bare, verdict: null, wrong: [], lacking, mayDeviate: false };

  const first = verdictOf(run, step, bare, strict);
  const mayDeviate = isAllowable(run, strict, step, bare, first.verdict, first.reasons);
  const reason = entry.reason.trim();
  if (mayDeviate && entry.allowed) {
    const answer = { ...bare, reason: reason || null };
    const then = reason === "" ? first : verdictOf(run, step, answer, allowing(context, step));
    return {
      answer,
      verdict: then.verdict,
      wrong: [],
      lacking: reason ? [] : ["reason"],
      mayDeviate,
    };
  }
  const wants = first.reasons.some((one) => one.code === "reason-required");
  if (wants) {
    const answer = { ...bare, reason: reason || null };
    return {
      answer,
      verdict: first.verdict,
      wrong: [],
      lacking: reason ? [] : ["reason"],
      mayDeviate,
    };
  }
  return { answer: bare, verdict: first.verdict, wrong: first.reasons, lacking: [], mayDeviate };
}

/** Whether the supervisor's leave would make a warning of what is refused or fails. */
function isAllowable(
  run: Run,
  context: Context,
  step: Step,
  answer: Answer,
  verdict: Verdict | null,
  reasons: readonly Reason[],
): boolean {
  const isRefused = reasons.some((one) => one.code === "specification-differs");
  if (!isRefused && verdict?.status !== "fail") return false;
  const leave = verdictOf(run, step, { ...answer, reason: "-" }, allowing(context, step));
  return leave.verdict?.status === "warn";
}

function allowing(context: Context, step: Step): Context {
  return { ...context, overrides: new Set([step.id]) };
}

function answerOf(run: Run, step: Step, entry: Entry, photos: readonly Photo[]): Answer {
  const answer: Record<string, unknown> = {};
  if (step.kind in YES_KEYS) answer[YES_KEYS[step.kind as keyof typeof YES_KEYS]] = entry.yes;
  if (step.limits?.same_spec && entry.yes) {
    answer.old_spec = entry.oldSpec.trim();
    answer.new_spec = entry.newSpec.trim();
  }
  if (step.kind === "reading" && entry.value !== "") {
    answer.value = entry.value;
    answer.unit = entry.unit ?? step.unit;
  }
  if (step.kind === "choice") answer.choices = [...entry.choices];
  const fields = (step.fields ?? [])
    .map((field) => [field.name, entry.fields[field.name] ?? ""] as const)
    .filter(([, value]) => value !== "");
  if (fields.length > 0) answer.fields = Object.fromEntries(fields);
  return {
    step: step.id,
    attempt: (run.last(step.id)?.attempt ?? 0) + 1,
    answer,
    photos,
    text: entry.text.trim() || null,
    reason: null,
  };
}

/** A number that is not finished: "", "-", "0." */
function isHalf(text: string): boolean {
  return !/[0-9]$/.test(text);
}

function lackingIn(step: Step, entry: Entry): string[] {
  const lacking: string[] = [];
  if (step.kind in YES_KEYS && entry.yes === null) lacking.push("answer");
  if (step.kind === "reading") {
    const isOptional = step.limits?.value === "optional" && entry.value === "";
    if (!isOptional && isHalf(entry.value)) lacking.push("value");
  }
  if (step.kind === "choice" && entry.choices.length === 0) lacking.push("choice");
  if (step.limits?.same_spec && entry.yes && !(entry.oldSpec.trim() && entry.newSpec.trim())) {
    lacking.push("spec");
  }
  const chosen = (step.choices ?? []).filter((one) => entry.choices.includes(one.id));
  if (chosen.some((one) => one.text_required) && entry.text.trim() === "") lacking.push("text");
  for (const field of step.fields ?? []) {
    const typed = entry.fields[field.name] ?? "";
    const isBegun = typed !== "" && field.options === undefined && isHalf(typed);
    if (isBegun || (typed === "" && field.required)) lacking.push(field.name);
  }
  return lacking;
}
