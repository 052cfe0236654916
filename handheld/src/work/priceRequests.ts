/** What was asked of the manager because it is not on the price list, and how it stands. Pure. */

import type { Problem, Snapshot } from "../contract/wire";
import type { Act } from "../store/database";
import { counts } from "./job";

export interface PriceRequest {
  act: Act;
  description: string;
  qty: string;
  /** "here": not answered by the server yet; "asked": the manager has it. */
  state: "here" | "asked" | "approved" | "refused";
  /** The code under which it may be quoted, once it is approved. */
  code: string | null;
  problem: Problem | null;
}

/** Requests of this stay, oldest first. The manager keeps the words of what is approved. */
export function priceRequests(
  acts: readonly Act[],
  oneOffItems: Snapshot["one_off_items"],
): PriceRequest[] {
  const approved = new Map(oneOffItems.map((item) => [item.description.trim(), item.code]));
  return acts
    .filter((act) => act.type === "price.requested")
    .map((act) => {
      const description = String(act.data.description ?? "");
      const code = approved.get(description.trim()) ?? null;
      const answered = act.waiting === 1 ? "here" : "asked";
      return {
        act,
        description,
        qty: String(act.data.qty ?? "1"),
        state: !counts(act) ? "refused" : code !== null ? "approved" : answered,
        code,
        problem: act.problem,
      };
    });
}
