/** A checklist template and its steps, in the one form they have: the wire's. */

import type { Comparison, Kind, Provenance, Status } from "./vocabulary";
import type { RefusalCode } from "./wording";

export type Json = Readonly<Record<string, unknown>>;

/** A text for people, in both languages. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** So many pictures (`min`) of one kind (`tag`). */
export interface PhotoNeed {
  readonly tag: string;
  readonly min: number;
}

/** An elementary condition: what the latest result of a step is, chose or carries. */
export interface Atom {
  readonly step: string;
  readonly is?: string | readonly string[];
  readonly chose?: string;
  readonly field?: string;
}

export type Condition =
  | Atom
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** A quantity that lies elsewhere: a field of this answer, or what another step recorded. */
export type Elsewhere =
  | { readonly field: string }
  | { readonly step: string; readonly field?: string };

/** What a limit may speak of. */
export type Quantity = "value" | Elsewhere;

/** One test of a limit; its comparisons are with decimal text or with a quantity. */
export type Test = { readonly [comparison in Comparison]?: string | Elsewhere } & {
  readonly of?: Quantity;
  readonly is?: string | readonly string[];
  readonly within_percent?: { readonly percent: string; readonly of: Quantity };
};

/** Refuses an answer for which all its tests hold. */
export interface Guard {
  readonly if: readonly Test[];
  readonly refuse: RefusalCode;
  readonly rule?: string | null;
}

/** The status, and the name, of the answers for which all its tests hold. */
export interface Band {
  readonly if?: readonly Test[];
  readonly status: Status;
  readonly band?: string;
  readonly rule?: string | null;
  readonly overridable?: boolean;
}

/** What the answer "no" is worth while a condition holds. */
export interface IfNo {
  readonly when?: Condition | null;
  readonly status: Status;
  readonly band?: string;
}

export interface Limits {
  readonly provenance?: Provenance;
  readonly number?: "integer" | "decimal";
  readonly value?: "optional";
  readonly guards?: readonly Guard[];
  readonly bands?: readonly Band[];
  readonly all_of?: readonly string[];
  readonly same_spec?: boolean;
  readonly if_no?: readonly IfNo[];
}

/** A further quantity that an answer may carry. */
export interface Field {
  readonly name: string;
  readonly text: Text;
  readonly unit?: string;
  readonly required?: boolean;
  readonly number?: "integer" | "decimal";
  readonly options?: readonly string[];
  readonly min?: string;
  readonly max?: string;
  readonly above?: string;
}

export interface Choice {
  readonly id: string;
  readonly text: Text;
  readonly verdict?: "pass" | "fail";
  readonly text_required?: boolean;
}

/** What a failure of the step asks for. */
export interface OnFail {
  readonly do?: readonly string[];
  readonly back_to?: readonly string[];
  readonly hazard?: string;
  readonly suspend?: string;
}

export interface Requirement {
  readonly if: Condition;
  readonly rule?: string | null;
  readonly text: Text;
}

/** One line of a checklist; every key is explained in docs/checklists.md. */
export interface Step {
  readonly id: string;
  readonly seq: number;
  readonly kind: Kind;
  readonly text: Text;
  readonly source: string;
  readonly provenance: Provenance;
  readonly when: Condition | null;
  readonly photos: readonly PhotoNeed[];
  readonly locks: readonly string[];
  readonly on_fail: OnFail | null;
  readonly unit?: string;
  readonly unit_also?: readonly string[];
  readonly limits?: Limits;
  readonly fields?: readonly Field[];
  readonly choices?: readonly Choice[];
  readonly multiple?: boolean;
  readonly lock_needs_photo?: boolean;
  readonly releases?: readonly string[];
  readonly repeat?: readonly string[];
  readonly requires?: readonly Requirement[];
  readonly reason_required_on?: readonly Status[];
  readonly child?: string;
  readonly optional?: boolean;
  readonly any_time?: boolean;
  readonly test?: boolean;
  readonly rule?: string;
}

/**
 * A published checklist. A version, once used by a run, is never edited.
 *
 * An `emergency` template is free of the price gate and of the order of steps, and never keeps
 * an order from being finished nor finishes one (R-056, P-22).
 */
export interface Template {
  readonly code: string;
  readonly version: number;
  readonly title: Text;
  readonly category: string | null;
  readonly source: string;
  readonly steps: readonly Step[];
  readonly one_of?: readonly (readonly string[])[];
  readonly emergency?: boolean;
}

/** The actions that put a failure of this step right. */
export function remedies(step: Step): readonly string[] {
  return step.on_fail?.do ?? [];
}

/** The steps at which the run starts again when this one fails. */
export function backTo(step: Step): readonly string[] {
  return step.on_fail?.back_to ?? [];
}

/** The templates that a run of this one may open: child runs and the emergency; sorted. */
export function childCodes(template: Template): string[] {
  const codes = template.steps.flatMap((step) => [step.child, step.on_fail?.hazard]);
  return [...new Set(codes.filter((code) => code !== undefined))].sort();
}
