/** The closed lists of words that templates, answers and results are made of. */

export const KINDS = [
  "safety",
  "check",
  "action",
  "reading",
  "choice",
  "photo",
  "signoff",
] as const;

/** What sort of entry a step asks for. */
export type Kind = (typeof KINDS)[number];

export const STATUSES = [
  "pass",
  "fail",
  "warn",
  "info",
  "incomplete",
  "not_assessed",
  "done",
  "na",
] as const;

/** What a recorded answer is worth. `na` is for displays, never the status of a result. */
export type Status = (typeof STATUSES)[number];

export const GOOD: ReadonlySet<Status> = new Set(["pass", "done", "warn", "info", "not_assessed"]);

/** Whose figure or step it is: the manual's (`seed`) or ours. */
export type Provenance = "seed" | "engineering" | "product";

export const PHOTO_TAGS: ReadonlySet<string> = new Set([
  "before",
  "after",
  "isolation",
  "meter",
  "rating_label",
  "gauge_low",
  "gauge_high",
  "clamp",
  "nameplate",
  "old_part",
  "new_part",
  "fault_point",
  "repair",
  "gas_off",
  "leak_test",
  "flame",
  "joint",
  "thread",
  "closed",
  "water_test",
  "plumb",
  "level",
  "union",
  "hot_cold",
  "clips",
  "bends",
  "run",
  "materials",
  "route_sketch",
  "dye",
  "seal",
  "scale",
  "frost",
  "terminals",
  "harness",
  "gap",
  "clean",
  "tag",
  "gauge",
]);

export const COMPARISONS = ["lt", "le", "gt", "ge", "eq", "ne"] as const;

export type Comparison = (typeof COMPARISONS)[number];
