/** What follows when the customer is not satisfied (R-061, R-062, P-07). Pure. */

const REWORKS_BEFORE_ESCALATION = 2;

export interface AfterRejection {
  state: "rework" | "escalated";
  /** The round that the order is in from then on. */
  reworkRound: number;
  /** Who is told at once: nobody, the CS manager, or the general property manager. */
  tells: "nobody" | "cs_manager" | "gpm";
}

/** `round`: how often the work was redone already. */
export function afterRejection(round: number): AfterRejection {
  if (round >= REWORKS_BEFORE_ESCALATION) {
    return { state: "escalated", reworkRound: round, tells: "gpm" };
  }
  return { state: "rework", reworkRound: round + 1, tells: round === 0 ? "nobody" : "cs_manager" };
}
