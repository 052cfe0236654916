/** Reads an answer strictly, by the kind of its step: nothing unknown, decimal text for numbers. */

import { Decimal } from "./decimal";
import type { Answer, Reason } from "./run";
import type { Field, Json, Step } from "./template";
import { begin, inOrder, isBlank, lengthOf } from "./text";
import { type Kind, PHOTO_TAGS } from "./vocabulary";
import { reason } from "./wording";

const DECIMAL = /^-?[0-9]{1,9}(\.[0-9]{1,6})?$/;
const INTEGER = /^-?[0-9]{1,9}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const LONGEST_TEXT = 2000;
const LONGEST_SPEC = 200;
const LONGEST_KEY_SHOWN = 60;
const MOST_PHOTOS = 20;

/** The key under which a step of this kind is answered with yes or no. */
export function yesNoKey(kind: Kind): "confirmed" | "ok" | "done" | undefined {
  const keys: Partial<Record<Kind, "confirmed" | "ok" | "done">> = {
    safety: "confirmed",
    check: "ok",
    action: "done",
  };
  return keys[kind];
}

/** Give all that is wrong with the shape of an answer; nothing when it can be judged. */
export function read(step: Step, answer: Answer): Reason[] {
  return [...envelope(step, answer), ...photos(step, answer), ...body(step, answer.answer)];
}

function envelope(step: Step, answer: Answer): Reason[] {
  return (["text", "reason"] as const)
    .filter((name) => !isShortText(answer[name] ?? "", LONGEST_TEXT))
    .map((name) => reason("bad-answer", step.id, null, { detail: name }));
}

function isShortText(value: unknown, longest: number): boolean {
  return typeof value === "string" && lengthOf(value) <= longest;
}

function photos(step: Step, answer: Answer): Reason[] {
  const named = answer.photos ?? [];
  if (named.length > MOST_PHOTOS) {
    return [reason("bad-photo", step.id, null, { detail: `> ${MOST_PHOTOS}` })];
  }
  const found: Reason[] = [];
  for (const photo of named) {
    if (!PHOTO_TAGS.has(photo.tag)) {
      found.push(reason("bad-photo", step.id, null, { detail: "tag" }));
    }
    if (typeof photo.sha256 !== "string" || !SHA256.test(photo.sha256)) {
      found.push(reason("bad-photo", step.id, null, { detail: "sha256" }));
    }
  }
  return found;
}

function body(step: Step, given: unknown): Reason[] {
  if (!isObject(given)) {
    return [reason("bad-answer", step.id, null, { detail: "object" })];
  }
  const allowed = new Set(step.fields?.length ? ["fields"] : []);
  const found: Reason[] = [];
  const key = yesNoKey(step.kind);
  if (key !== undefined) {
    allowed.add(key);
    found.push(...yesOrNo(step, given, key));
  }
  if (step.kind === "action") {
    allowed.add("old_spec").add("new_spec");
    found.push(...specifications(step, given));
  } else if (step.kind === "reading") {
    allowed.add("value").add("unit");
    found.push(...value(step, given));
  } else if (step.kind === "choice") {
    allowed.add("choices");
    found.push(...choices(step, given));
  }
  found.push(...unknownKeys(step, given, allowed));
  return [...found, ...fields(step, Object.hasOwn(given, "fields") ? given.fields : {})];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownKeys(step: Step, given: Json, known: { has(name: string): boolean }): Reason[] {
  return inOrder(Object.keys(given).filter((name) => !known.has(name))).map((name) =>
    reason("unknown-key", step.id, null, { key: begin(name, LONGEST_KEY_SHOWN) }),
  );
}

function yesOrNo(step: Step, given: Json, key: string): Reason[] {
  if (!Object.hasOwn(given, key)) {
    return [reason("missing-key", step.id, null, { key })];
  }
  return typeof given[key] === "boolean"
    ? []
    : [reason("bad-answer", step.id, null, { detail: key })];
}

function specifications(step: Step, given: Json): Reason[] {
  const specs = [given.old_spec, given.new_spec].filter(
    (spec) => spec !== undefined && spec !== null,
  );
  if (!specs.every((spec) => isShortText(spec, LONGEST_SPEC))) {
    return [reason("bad-answer", step.id, null, { detail: "old_spec, new_spec" })];
  }
  const wanted = step.limits?.same_spec && given.done === true;
  if (wanted && specs.filter((spec) => !isBlank(spec as string)).length < 2) {
    return [reason("specification-missing", step.id)];
  }
  return [];
}

function value(step: Step, given: Json): Reason[] {
  const limits = step.limits ?? {};
  if (!Object.hasOwn(given, "value")) {
    return limits.value === "optional" && !Object.hasOwn(given, "unit")
      ? []
      : [reason("missing-key", step.id, null, { key: "value" })];
  }
  const found = number(step, "value", given.value, limits.number);
  const { unit } = given;
  if (typeof unit !== "string" || (unit !== step.unit && !step.unit_also?.includes(unit))) {
    found.push(reason("wrong-unit", step.id, null, { unit: step.unit }));
  }
  return found;
}

function number(step: Step, key: string, given: unknown, form = "decimal"): Reason[] {
  if (typeof given !== "string" || !DECIMAL.test(given)) {
    return [reason("not-a-decimal", step.id, null, { key })];
  }
  return form === "integer" && !INTEGER.test(given)
    ? [reason("not-an-integer", step.id, null, { key })]
    : [];
}

function choices(step: Step, given: Json): Reason[] {
  const chosen: unknown = given.choices;
  if (!Array.isArray(chosen) || !chosen.every((one) => typeof one === "string")) {
    return [reason("bad-answer", step.id, null, { detail: "choices" })];
  }
  if (chosen.length === 0) {
    return [reason("no-choice", step.id)];
  }
  const known = new Set((step.choices ?? []).map((choice) => choice.id));
  const found = chosen
    .filter((one) => !known.has(one))
    .map((one) => reason("unknown-choice", step.id, null, { key: begin(one, LONGEST_KEY_SHOWN) }));
  if (new Set(chosen).size !== chosen.length) {
    found.push(reason("bad-answer", step.id, null, { detail: "choices" }));
  }
  if (chosen.length > 1 && !step.multiple) {
    found.push(reason("one-choice-only", step.id));
  }
  return found;
}

function fields(step: Step, given: unknown): Reason[] {
  if (!isObject(given)) {
    return [reason("bad-answer", step.id, null, { detail: "fields" })];
  }
  const specified = new Map((step.fields ?? []).map((field) => [field.name, field]));
  const found = unknownKeys(step, given, specified);
  for (const [name, field] of specified) {
    if (Object.hasOwn(given, name)) {
      found.push(...fieldOf(step, field, given[name]));
    } else if (field.required) {
      found.push(reason("missing-key", step.id, null, { key: name }));
    }
  }
  return found;
}

function fieldOf(step: Step, field: Field, given: unknown): Reason[] {
  const { name } = field;
  if (field.options !== undefined) {
    const key = begin(`${name} = ${given}`, LONGEST_KEY_SHOWN);
    return typeof given === "string" && field.options.includes(given)
      ? []
      : [reason("unknown-choice", step.id, null, { key })];
  }
  const found = number(step, name, given, field.number);
  return found.length > 0 || isPossible(field, Decimal.of(given as string))
    ? found
    : [reason("out-of-range", step.id, null, { key: name })];
}

function isPossible({ min, max, above }: Field, number: Decimal): boolean {
  return (
    (min === undefined || number.compare(Decimal.of(min)) >= 0) &&
    (max === undefined || number.compare(Decimal.of(max)) <= 0) &&
    (above === undefined || number.compare(Decimal.of(above)) > 0)
  );
}
