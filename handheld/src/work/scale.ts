/**
 * The limits of a reading as a band that can be drawn. Pure.
 *
 * Where the verdict may change is read from the tests that speak of the value; what it is between
 * is asked of the engine itself, so the drawing cannot differ from the judgement.
 */

import {
  type Answer,
  type Context,
  Refused,
  type Run,
  type Status,
  type Step,
  weigh,
} from "../engine/evaluate";
import type { Elsewhere, Quantity, Test } from "../engine/template";
import { COMPARISONS } from "../engine/vocabulary";

/** Neighbouring values of one worth. A null end is open; `to` belongs to it where `withTo`. */
export interface Zone {
  from: string | null;
  to: string | null;
  withFrom: boolean;
  withTo: boolean;
  /** "refused": not a possible value. */
  status: Status | "refused";
  band: string | null;
}

export interface Scale {
  /** Counted things: between 3 and 4 there is nothing. */
  whole: boolean;
  zones: readonly Zone[];
}

/** More counts than this are drawn as if there were something between them. */
const MOST_COUNTS = 60n;
const PLACES = 12;
const ONE = 10n ** BigInt(PLACES);
const FIGURE = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;

/**
 * The zones of a reading's value, lowest first; null where there is nothing to draw: no limits
 * that speak of the value, or figures that they need and that are not there yet.
 */
export function scaleOf(
  run: Run,
  step: Step,
  context: Context,
  given: Answer["answer"] = {},
): Scale | null {
  if (step.kind !== "reading" || step.limits === undefined) return null;
  const tests = [...(step.limits.guards ?? []), ...(step.limits.bands ?? [])].flatMap(
    (line) => line.if ?? [],
  );
  const turns = turningPoints(run, tests, given);
  if (turns === null || turns.length === 0) return null;
  const worth = (units: bigint) => worthOf(run, step, context, given, units);
  const isShort = turns.at(-1)! - turns[0]! <= MOST_COUNTS * ONE;
  const whole = step.limits.number === "integer" && isShort;
  const zones = whole ? wholeZones(turns, worth) : zonesBetween(turns, worth);
  const possible = zones.filter((zone) => zone.status !== "refused");
  return possible.length < 2 ? null : { whole, zones: trimmed(zones) };
}

type Worth = Pick<Zone, "status" | "band">;

/** Values at which the outcome of a test changes, ascending; null where that cannot be told. */
function turningPoints(run: Run, tests: readonly Test[], given: Answer["answer"]): bigint[] | null {
  const found = new Set<bigint>();
  for (const test of tests) {
    if ((test.of ?? "value") !== "value") continue;
    if (test.is !== undefined) return null;
    for (const comparison of COMPARISONS) {
      const operand = test[comparison];
      const bound = operand === undefined ? null : resolve(run, operand, given);
      if (bound !== null) found.add(bound);
    }
    if (test.within_percent !== undefined) {
      const nominal = resolve(run, test.within_percent.of, given);
      const percent = unitsOf(test.within_percent.percent);
      if (nominal === null || percent === null) continue;
      const off = (nominal * percent) / (100n * ONE);
      found.add(nominal - off).add(nominal + off);
    }
  }
  return [...found].sort((one, other) => (one < other ? -1 : 1));
}

function resolve(run: Run, quantity: string | Quantity, given: Answer["answer"]): bigint | null {
  if (typeof quantity === "string") return unitsOf(quantity);
  const elsewhere: Elsewhere = quantity;
  const found =
    "step" in elsewhere
      ? run.quantity(elsewhere.step, elsewhere.field)
      : (given.fields as Record<string, unknown> | undefined)?.[elsewhere.field];
  return found === undefined || found === null ? null : unitsOf(String(found));
}

function zonesBetween(turns: readonly bigint[], worth: (units: bigint) => Worth): Zone[] {
  const zones: Zone[] = [];
  const first = turns[0]!;
  const last = turns.at(-1)!;
  add(zones, worth(first - ONE), { from: null, to: first, withFrom: false, withTo: false });
  for (const [index, turn] of turns.entries()) {
    add(zones, worth(turn), { from: turn, to: turn, withFrom: true, withTo: true });
    const next = turns[index + 1];
    const between = next === undefined ? last + ONE : (turn + next) / 2n;
    add(zones, worth(between), { from: turn, to: next ?? null, withFrom: false, withTo: false });
  }
  return zones;
}

/** Counted things: every zone ends at a whole number that belongs to it. */
function wholeZones(turns: readonly bigint[], worth: (units: bigint) => Worth): Zone[] {
  const zones: Zone[] = [];
  const first = wholeBelow(turns[0]!) - ONE;
  const last = wholeBelow(turns.at(-1)!) + ONE;
  for (let count = first; count <= last; count += ONE) {
    const from = count === first ? null : count;
    const to = count === last ? null : count;
    add(zones, worth(count), { from, to, withFrom: from !== null, withTo: to !== null });
  }
  return zones;
}

function wholeBelow(units: bigint): bigint {
  const rest = ((units % ONE) + ONE) % ONE;
  return units - rest;
}

interface Extent {
  from: bigint | null;
  to: bigint | null;
  withFrom: boolean;
  withTo: boolean;
}

/** One zone more, or the last one longer where it is worth the same. */
function add(zones: Zone[], { status, band }: Worth, { from, to, withFrom, withTo }: Extent): void {
  const end = to === null ? null : textOf(to);
  const before = zones.at(-1);
  if (before !== undefined && before.status === status && before.band === band) {
    zones[zones.length - 1] = { ...before, to: end, withTo };
    return;
  }
  zones.push({
    from: from === null ? null : textOf(from),
    to: end,
    withFrom,
    withTo,
    status,
    band,
  });
}

function worthOf(
  run: Run,
  step: Step,
  context: Context,
  given: Answer["answer"],
  units: bigint,
): Worth {
  const answer: Answer = { step: step.id, attempt: 1, answer: { ...given, value: textOf(units) } };
  try {
    const { status, band } = weigh(run, step, answer, { ...context, overrides: new Set() });
    return { status, band };
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    return { status: "refused", band: refusal.reasons[0]?.code ?? null };
  }
}

/** What is impossible below zero need not be drawn: nobody reads it off a gauge. */
function trimmed(zones: readonly Zone[]): Zone[] {
  const [first, ...rest] = zones;
  const isBelowZero = first?.from === null && Number(first.to) <= 0;
  return isBelowZero && first.status === "refused" ? rest : [...zones];
}

/** Where a value stands on a scale: the zone, and how far along it from 0 to 1. Null off it. */
export function placeOn(scale: Scale, value: string): { zone: number; along: number } | null {
  const units = unitsOf(value);
  if (units === null) return null;
  const zone = scale.zones.findIndex((one) => contains(one, units));
  if (zone < 0) return null;
  const { from, to } = scale.zones[zone]!;
  return { zone, along: along(from, to, units, scale.whole) };
}

function contains(zone: Zone, units: bigint): boolean {
  const from = zone.from === null ? null : unitsOf(zone.from)!;
  const to = zone.to === null ? null : unitsOf(zone.to)!;
  const isAbove = from === null || units > from || (zone.withFrom && units === from);
  return isAbove && (to === null || units < to || (zone.withTo && units === to));
}

function along(from: string | null, to: string | null, units: bigint, whole: boolean): number {
  const value = Number(units) / Number(ONE);
  // Beyond the last limit there is no end to measure by: the further, the nearer to the edge.
  if (to === null) {
    const past = value - Number(from) + (whole ? 0.5 : 0);
    return past / (past + Math.max(Math.abs(Number(from)), 1) * 0.5);
  }
  if (from === null) {
    const short = Number(to) - value;
    return 1 - short / (short + Math.max(Math.abs(Number(to)), 1) * 0.5);
  }
  const span = Number(to) - Number(from) + (whole ? 1 : 0);
  return span === 0 ? 0.5 : (value - Number(from) + (whole ? 0.5 : 0)) / span;
}

function unitsOf(text: string): bigint | null {
  const match = FIGURE.exec(text);
  if (match === null) return null;
  const [, minus, whole = "0", fraction = ""] = match;
  const units = BigInt(whole + fraction.padEnd(PLACES, "0").slice(0, PLACES));
  return minus ? -units : units;
}

function textOf(units: bigint): string {
  const size = units < 0n ? -units : units;
  const digits = size.toString().padStart(PLACES + 1, "0");
  const fraction = digits.slice(-PLACES).replace(/0+$/, "");
  const whole = digits.slice(0, -PLACES);
  return `${units < 0n ? "-" : ""}${whole}${fraction && `.${fraction}`}`;
}
