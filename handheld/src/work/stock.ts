/** Materials and tools of an order: the warehouse's word, and what was said here since. Pure. */

import type { StockLine } from "../contract/wire";
import type { Act } from "../store/database";
import { isFresh, type Job } from "./job";
import { quantityHundredths } from "./price";

export type Move = "used" | "handed_back" | "lost";

/** A line of the warehouse with what it has not answered yet. Quantities in hundredths. */
export interface StockSeen {
  line: StockLine;
  /** Still with the technician, what was used or lost here taken off. */
  leftHundredths: number;
  /** Of the line's `out`: lying at the counter. */
  atCounterHundredths: number;
  /** Said here, and not in the snapshot yet. */
  pending: readonly { move: Move; qty: string }[];
}

export interface Asked {
  item: string;
  qty: string;
  kind: "material" | "tool" | null;
}

const MOVES: Readonly<Record<string, Move>> = {
  "stock.used": "used",
  "stock.handed_back": "handed_back",
  "stock.lost": "lost",
};

export function stockOf(job: Job): { lines: StockSeen[]; asked: Asked[] } {
  const fresh = job.acts.filter((act) => isFresh(act, job.snapshot.version));
  const lines = job.snapshot.stock.map((line) => ({
    line,
    leftHundredths: hundredths(line.out) - hundredths(line.handed_back ?? "0"),
    atCounterHundredths: hundredths(line.handed_back ?? "0"),
    pending: [] as { move: Move; qty: string }[],
  }));
  for (const act of fresh) {
    const move = MOVES[act.type];
    if (move === undefined) continue;
    for (const { item, qty } of linesOf(act)) {
      const own = lines.filter((seen) => seen.line.item === item);
      // The one with enough out, as the server chooses.
      const seen = own.find((one) => one.leftHundredths >= hundredths(qty)) ?? own[0];
      if (seen === undefined) continue;
      seen.pending.push({ move, qty });
      seen.leftHundredths -= hundredths(qty);
      if (move === "handed_back") seen.atCounterHundredths += hundredths(qty);
    }
  }
  const asked = fresh
    .filter((act) => act.type === "stock.requested")
    .flatMap((act) => linesOf(act))
    .map(({ item, qty, kind }) => ({ item, qty, kind: kind ?? null }));
  return { lines, asked };
}

/** A tool comes back; it is not used up (ST3). Only what was asked for here is known to be one. */
export function isTool(job: Job, item: string): boolean {
  return job.acts.some(
    (act) =>
      act.type === "stock.requested" &&
      linesOf(act).some((line) => line.item === item && line.kind === "tool"),
  );
}

/** A code as the wire takes it. */
export function isCode(text: string): boolean {
  return /^[A-Za-z0-9_.-]{1,40}$/.test(text);
}

interface Line {
  item: string;
  qty: string;
  kind?: "material" | "tool";
}

function linesOf(act: Act): Line[] {
  return act.data.lines as Line[];
}

function hundredths(qty: string): number {
  return quantityHundredths(qty) ?? 0;
}
