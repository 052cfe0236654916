/** What a cancellation leaves behind: whether something is charged, what was used, what is out. Pure. */

import { counts, type Job } from "./job";
import { quantityHundredths, quantityText } from "./price";
import { stockOf } from "./stock";

/**
 * P-20: nothing is charged before a price was ever confirmed; afterwards only what is agreed.
 *
 * A revised quote may follow one that was confirmed, of which the snapshot tells nothing.
 */
export function mayBeCharged(job: Job): boolean {
  return (
    job.context.priceConfirmed ||
    job.acts.some((act) => act.type === "quote.confirmed" && counts(act)) ||
    (job.snapshot.quote?.revision ?? 0) > 1
  );
}

export interface Material {
  item: string;
  name: string;
  /** Null: the server knows, this handheld does not. */
  qty: string | null;
}

/** Material from the store that went into the work (WO10 lists it). */
export function usedMaterial(job: Job): Material[] {
  const hundredths = new Map<string, number>();
  for (const act of job.acts) {
    if (act.type !== "stock.used" || !counts(act)) continue;
    for (const { item, qty } of act.data.lines as { item: string; qty: string }[]) {
      hundredths.set(item, (hundredths.get(item) ?? 0) + (quantityHundredths(qty) ?? 0));
    }
  }
  const names = new Map(job.snapshot.stock.map((line) => [line.item, line.name]));
  const told = job.snapshot.stock.filter((line) => line.state === "used").map((line) => line.item);
  return [...new Set([...hundredths.keys(), ...told])].map((item) => ({
    item,
    name: names.get(item) ?? item,
    qty: hundredths.has(item) ? quantityText(hundredths.get(item)!) : null,
  }));
}

/** What has to be back in the store before the slip is written off. */
export function stillOut(job: Job): Material[] {
  return stockOf(job)
    .lines.filter((seen) => seen.leftHundredths > 0)
    .map(({ line, leftHundredths }) => ({
      item: line.item,
      name: line.name,
      qty: quantityText(leftHundredths),
    }));
}
