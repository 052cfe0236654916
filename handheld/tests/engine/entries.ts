/** What a technician may enter, sensible or not, drawn for the state that a walk is in. */

import fc from "fast-check";
import type { Step } from "../../src/engine/evaluate";
import type { Field, Json } from "../../src/engine/template";
import { PHOTO_TAGS } from "../../src/engine/vocabulary";
import type { Entry, GivenContext, Walk } from "./golden";

const SHA256 = "a".repeat(64);
const STRANGE_SHA256 = [SHA256, "A".repeat(64), `${SHA256}\n`, ""];
const NUMBERS = ["１", "1e3", "NaN", "-", "", "0.1234567", "1234567890", 3, -1.5];
const NONSENSE = [...NUMBERS, null, true, 0, "x", [], ["x"], {}, { value: "1" }];
const KEYS = ["x", "value", "ok", "fields", "toString", "__proto__", "\uffff", "😀"];
const STRANGE_KEYS = [...KEYS, "长".repeat(70)];
const ATTEMPTS = [0, 1, 2, 3, "1", null, true];
const WORDS = ["因为", "不响", null];
const STRANGE_WORDS = ["", " ", "\u001c", "\ufeff", "😀".repeat(2000), "😀".repeat(2001)];
const SPECS = ["T8 36 W", "t8 36w", "Ｔ８　３６Ｗ", "T5 28 W", "Straße", "STRASSE"];
const STRANGE_SPECS = [" ", "\u001c", null, 8, "x".repeat(200), "x".repeat(201)];

/** Draws choices; `odd` ones only in an entry that has anything strange about it. */
class Hand {
  private readonly isOdd: boolean;

  constructor(private readonly draw: fc.GeneratorValue) {
    this.isOdd = this.onceIn(6);
  }

  one<T>(values: readonly T[]): T {
    return values[this.draw(fc.nat, { max: values.length - 1 })]!;
  }

  onceIn(times: number): boolean {
    return this.draw(fc.nat, { max: times - 1 }) === 0;
  }

  odd(times: number): boolean {
    return this.isOdd && this.onceIn(times);
  }
}

/** Draw what comes next: mostly an answer to a step that is due, seldom anything else. */
export function drawEntry(draw: fc.GeneratorValue, walk: Walk): Entry {
  const hand = new Hand(draw);
  if (hand.onceIn(10)) {
    return { context: context(hand, walk) };
  }
  const due = (walk.state().next as string[]).map((id) => walk.run.find(id)!);
  const step = hand.one(due.length === 0 || hand.onceIn(6) ? stepsOf(walk) : due);
  const photos = step.photos.map((need) => ({ sha256: SHA256, tag: need.tag }));
  const odd = { sha256: hand.one(STRANGE_SHA256), tag: hand.one(["selfie", ...PHOTO_TAGS]) };
  return {
    step: hand.odd(20) ? "NO-SUCH-STEP" : step.id,
    answer: body(hand, walk, step),
    photos: hand.odd(6) ? [odd] : hand.onceIn(3) ? [] : photos,
    text: hand.one(hand.odd(4) ? STRANGE_WORDS : WORDS),
    reason: hand.one(hand.odd(4) ? STRANGE_WORDS : WORDS),
    ...(hand.odd(6) ? { attempt: hand.one<unknown>(ATTEMPTS) } : {}),
  };
}

function stepsOf(walk: Walk): Step[] {
  return walk.run.templates.flatMap((template) => template.steps);
}

function context(hand: Hand, walk: Walk): GivenContext {
  const steps = stepsOf(walk);
  const recorded = walk.run.results.map((result) => result.step);
  const pictured = steps.filter((step) => step.photos.length > 0);
  const held = Array.from({ length: 4 }, (): [string, string, string] => {
    const step = hand.one(pictured);
    return [step.id, hand.one(step.photos).tag, hand.one(["a", "b"]).repeat(64)];
  });
  return {
    price_confirmed: !hand.onceIn(4),
    held: hand.onceIn(3) ? "all" : held,
    rework_steps: hand.onceIn(4) ? [hand.one(steps).id, ...recorded.slice(-2)] : [],
    overrides: hand.onceIn(2) ? steps.map((step) => step.id) : [],
    hazard: hand.onceIn(8),
  };
}

function body(hand: Hand, walk: Walk, step: Step): unknown {
  if (hand.odd(10)) {
    return hand.one<unknown>(NONSENSE);
  }
  const given = { ...core(hand, walk, step), ...fields(hand, walk, step) };
  if (!hand.odd(5)) {
    return given;
  }
  // A computed key: assignment would set the prototype where the key is `__proto__`.
  return { ...given, [hand.one(STRANGE_KEYS)]: hand.one<unknown>(NONSENSE) };
}

function core(hand: Hand, walk: Walk, step: Step): Json {
  const yes = hand.odd(6) ? hand.one<unknown>(NONSENSE) : !hand.onceIn(5);
  switch (step.kind) {
    case "safety":
      return { confirmed: yes };
    case "check":
      return { ok: yes };
    case "action":
      return { done: yes, ...(step.limits?.same_spec ? specs(hand) : {}) };
    case "reading":
      return step.limits?.value === "optional" && hand.onceIn(2)
        ? {}
        : { value: number(hand, walk, step, step.limits?.number), unit: unit(hand, step) };
    case "choice":
      return { choices: choices(hand, step) };
    default:
      return {};
  }
}

function specs(hand: Hand): Json {
  const spec = () => hand.one<unknown>(hand.odd(3) ? STRANGE_SPECS : SPECS);
  return { old_spec: spec(), new_spec: spec() };
}

function unit(hand: Hand, step: Step): unknown {
  return hand.one<unknown>(hand.odd(6) ? NONSENSE : [step.unit, ...(step.unit_also ?? [])]);
}

function choices(hand: Hand, step: Step): unknown {
  const ids = (step.choices ?? []).map((choice) => choice.id);
  const id = hand.one(ids);
  if (hand.odd(4)) {
    return hand.one<unknown>([ids, [id, id], [], ["none"], [3], "x", null, [id, "none"]]);
  }
  return step.multiple ? ids.filter((other) => other === id || hand.onceIn(2)) : [id];
}

function fields(hand: Hand, walk: Walk, step: Step): Json {
  const given = (step.fields ?? []).filter((field) =>
    field.required ? !hand.odd(6) : hand.onceIn(2),
  );
  return given.length === 0
    ? {}
    : { fields: Object.fromEntries(given.map((one) => [one.name, fieldOf(hand, walk, one)])) };
}

function fieldOf(hand: Hand, walk: Walk, field: Field): unknown {
  return field.options !== undefined && !hand.odd(6)
    ? hand.one(field.options)
    : number(hand, walk, field, field.number);
}

/** Draw a number at, or just to one side of, a figure that a limit could turn on. */
function number(hand: Hand, walk: Walk, about: Step | Field, form = "decimal"): unknown {
  if (hand.odd(4)) {
    return hand.one<unknown>(NUMBERS);
  }
  const own = figuresIn(about);
  const elsewhere = figuresIn(walk.run.results.map((result) => result.answer));
  const figure = Number(hand.one(own.length > 0 && !hand.onceIn(3) ? own : ["5", ...elsewhere]));
  if (form === "integer") {
    return (figure + hand.one([0, 0, 1, -1])).toFixed(0);
  }
  const off = hand.one([0, 0, 0.01, -0.01, 0.000001, -0.000001]);
  return (figure * hand.one([1, 1, 1, 1.15, 0.85]) + off).toFixed(hand.one([2, 6]));
}

function figuresIn(value: unknown): string[] {
  if (typeof value === "string") {
    return /^-?[0-9]{1,6}(\.[0-9]{1,6})?$/.test(value) ? [value] : [];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(figuresIn) : [];
}
