/** What goes over to the next shift (F-21). Pure. */

import type { Job } from "./job";
import { quantityText } from "./price";
import { stageOf } from "./stage";
import { stockOf } from "./stock";

export interface ShiftSummary {
  /** Orders with something left to do, in the order given. */
  open: Job[];
  /** Materials and tools that are still with the technician. */
  out: { number: string; item: string; name: string; qty: string }[];
}

export function shiftSummary(jobs: readonly Job[]): ShiftSummary {
  return {
    open: jobs.filter((job) => stageOf(job) !== "over"),
    out: jobs.flatMap((job) =>
      stockOf(job)
        .lines.filter((seen) => seen.leftHundredths > 0)
        .map((seen) => ({
          number: job.number,
          item: seen.line.item,
          name: seen.line.name,
          qty: quantityText(seen.leftHundredths),
        })),
    ),
  };
}
