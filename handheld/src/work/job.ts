/**
 * An order as the technician stands before it: the server's snapshot plus what was done since.
 *
 * Pure. The server's word is the snapshot; what this handheld has done and the snapshot does not
 * show yet is added on top, which is how work goes on without a network.
 */

import type { OrderState, Quote, Snapshot, SuspensionReason } from "../contract/wire";
import {
  type Answer,
  type Consequence,
  type Context,
  consequence,
  type HeldPhoto as EvidencePhoto,
  judge,
  type Missing,
  missing,
  nextSteps,
  Refused,
  type Result,
  Run,
  type Template,
} from "../engine/evaluate";
import type { Act, HeldOrder, HeldPhoto } from "../store/database";
import { afterRejection } from "./rework";

/** An order with everything this handheld knows of it. */
export interface Job {
  number: string;
  snapshot: Snapshot;
  state: OrderState;
  /** Where `suspended` leads back to. */
  resumesTo: OrderState;
  suspension: SuspensionReason | null;
  hazard: boolean;
  reworkRound: number;
  /** The latest quote, ours or the snapshot's. */
  quote: QuoteSeen | null;
  /** Own acts of this stay, oldest first. */
  acts: readonly Act[];
  /** Null while the template has not come, or where the order has none. */
  run: Run | null;
  context: Context;
  missing: readonly Missing[];
  next: readonly string[];
  /** What QA sent back and is not done anew, with its reasons. */
  returned: readonly { step: string; reason: string }[];
  /** Whether any step was done since the customer last turned the work down. */
  redone: boolean;
  /** Own answers that could not be judged here; the server will say why. */
  doubtful: readonly { act: Act; reasons: Refused["reasons"] }[];
}

export interface QuoteSeen {
  lines: { item: string; qty: string }[];
  totalFen: number;
  confirmed: boolean;
  /** The server has taken it, and says what it costs by its own list. */
  bySnapshot: Quote | null;
}

export interface Given {
  order: HeldOrder & { snapshot: Snapshot };
  /** Acts about this order, of this stay or not, oldest first. */
  acts: readonly Act[];
  photos: readonly HeldPhoto[];
  /** The order's own template first, then those that it may open. */
  templates: readonly Template[];
}

const LEADS_TO: Readonly<Record<string, OrderState>> = {
  "order.acknowledged": "acknowledged",
  "order.returned": "created",
  "order.arrived": "on_site",
  "order.quoted": "quoted",
  "quote.confirmed": "in_progress",
  "order.suspended": "suspended",
  "order.ready": "awaiting_acceptance",
  "order.accepted": "accepted",
  "signature.refused": "escalated",
  "order.cancel_requested": "cancel_pending",
  "hazard.alarm": "suspended",
};
/** Whoever is sent to redo another's work acknowledges and arrives; the order stays in rework. */
const ONLY_ON_RECORD: ReadonlySet<string> = new Set(["order.acknowledged", "order.arrived"]);
/** What the customer turned down is redone before it is ready again, whoever decided so. */
const TURNED_DOWN: ReadonlySet<string> = new Set(["order.rejected", "signature.refused"]);
const AGREED_IN: ReadonlySet<OrderState> = new Set([
  "in_progress",
  "awaiting_acceptance",
  "rework",
  "accepted",
  "closed",
]);

/** Whether an act counts: a refused one, or one that came too late, changed nothing. */
export function counts(act: Act): boolean {
  return act.outcome !== "rejected" && act.outcome !== "recorded";
}

/** Whether an act counts and the snapshot cannot show it yet. */
export function isFresh(act: Act, version: number): boolean {
  return counts(act) && (act.outcome === null || (act.orderVersion ?? 0) > version);
}

/** Put snapshot, own acts, photos and templates together. */
export function jobOf({ order, acts, photos, templates }: Given): Job {
  const { snapshot } = order;
  const stay = acts.filter((act) => act.place >= order.sincePlace);
  const course = follow(snapshot, stay);
  const redoing = stay.filter(
    (act) =>
      act.type === "step.recorded" &&
      counts(act) &&
      // Made against this very snapshot, which already asks for the step: done again as well.
      (isFresh(act, snapshot.version) || act.data.order_version === snapshot.version),
  );
  const redoneSteps = new Set(redoing.map((act) => String(act.data.step)));
  const returned = snapshot.returned_steps.filter((one) => !redoneSteps.has(one.step));
  const context: Context = {
    priceConfirmed: isAgreed(course),
    heldPhotos: evidence(snapshot, photos, redoing),
    reworkSteps: new Set(returned.map((one) => one.step)),
    overrides: new Set([...(snapshot.overrides ?? []), ...claimed(stay)]),
    hazard: course.hazard,
  };
  const { run, doubtful, follows } = runOf(templates, snapshot, stay, {
    ...context,
    agreed: course.agreed,
  });
  let { state, suspension, hazard } = course;
  if (follows !== null && WORKING.has(state)) {
    hazard = hazard || follows.kind === "hazard";
    suspension = follows.kind === "hazard" ? "hazard" : (follows.value as SuspensionReason);
    course.resumesTo = state;
    state = "suspended";
  }
  const judged = { ...context, hazard };
  return {
    number: order.number,
    snapshot,
    state,
    resumesTo: course.resumesTo,
    suspension: state === "suspended" ? suspension : null,
    hazard,
    reworkRound: course.reworkRound,
    quote: course.quote,
    acts: stay,
    run,
    context: judged,
    missing: run === null ? [] : missing(run, judged),
    next: run === null ? [] : nextSteps(run, judged),
    returned,
    redone: course.redone,
    doubtful,
  };
}

const WORKING: ReadonlySet<OrderState> = new Set(["on_site", "quoted", "in_progress", "rework"]);

interface Course {
  state: OrderState;
  resumesTo: OrderState;
  suspension: SuspensionReason | null;
  hazard: boolean;
  reworkRound: number;
  quote: QuoteSeen | null;
  redone: boolean;
  /** Acts of steps at which the price was agreed; a new quote afterwards does not undo them. */
  agreed: Set<string>;
}

/** nothing is mended before the customer agreed to the price. */
function isAgreed({ state, quote }: Course): boolean {
  return AGREED_IN.has(state) || (state !== "quoted" && (quote?.confirmed ?? false));
}

/** Where the order stands after the acts that its snapshot does not show. */
function follow(snapshot: Snapshot, stay: readonly Act[]): Course {
  const course: Course = {
    state: snapshot.state,
    resumesTo: snapshot.resume_state ?? likelyBefore(snapshot),
    suspension: snapshot.suspension,
    hazard: snapshot.hazard,
    reworkRound: snapshot.rework_round,
    quote: snapshot.quote && {
      lines: snapshot.quote.lines.map(({ item, qty }) => ({ item, qty })),
      totalFen: snapshot.quote.total_fen,
      confirmed: snapshot.quote.confirmed_at !== null,
      bySnapshot: snapshot.quote,
    },
    redone: false,
    agreed: new Set(),
  };
  for (const act of stay) {
    if (!counts(act)) continue;
    // Also acts that the snapshot shows: it does not say since when the work is being redone.
    if (TURNED_DOWN.has(act.type)) course.redone = false;
    const fresh = isFresh(act, snapshot.version);
    if (act.type === "step.recorded") {
      course.redone = true;
      if (!fresh || isAgreed(course)) course.agreed.add(act.id);
    }
    if (fresh) apply(course, act);
  }
  return course;
}

function apply(course: Course, act: Act): void {
  if (act.type === "order.resumed") {
    course.state = course.resumesTo;
    course.suspension = null;
  } else if (act.type === "order.rejected") {
    const { state, reworkRound } = afterRejection(course.reworkRound);
    course.state = state;
    course.reworkRound = reworkRound;
  } else if (act.type in LEADS_TO) {
    if (course.state === "rework" && ONLY_ON_RECORD.has(act.type)) return;
    const to = LEADS_TO[act.type]!;
    if (to === "suspended" && course.state !== "suspended") course.resumesTo = course.state;
    course.state = to;
  }
  if (act.type === "order.suspended") course.suspension = act.data.reason as SuspensionReason;
  if (act.type === "hazard.alarm" || act.data.reason === "hazard") {
    course.hazard = true;
    course.suspension = "hazard";
  }
  if (act.type === "order.quoted") {
    course.quote = {
      lines: act.data.lines as QuoteSeen["lines"],
      totalFen: act.data.total_fen as number,
      confirmed: false,
      bySnapshot: null,
    };
  }
  if (act.type === "quote.confirmed" && course.quote) {
    course.quote = { ...course.quote, confirmed: true };
  }
}

/** What a server that does not say where a suspended order goes on most likely means. */
function likelyBefore(snapshot: Snapshot): OrderState {
  if (snapshot.state !== "suspended") return snapshot.state;
  if (snapshot.quote === null) return "on_site";
  if (snapshot.quote.confirmed_at === null) return "quoted";
  return snapshot.rework_round > 0 ? "rework" : "in_progress";
}

/**
 * Steps for which the technician gave a reason. Where the limits alone would fail or refuse the
 * answer, he says by it that the supervisor allowed the deviation (R-162, P-24); the server, which
 * knows, judges again.
 */
function claimed(stay: readonly Act[]): Set<string> {
  return new Set(
    stay
      .filter((act) => act.type === "step.recorded" && counts(act) && act.data.reason)
      .map((act) => String(act.data.step)),
  );
}

/** The pictures that count: named by what is recorded, or here and given to their step. */
function evidence(
  snapshot: Snapshot,
  photos: readonly HeldPhoto[],
  redoing: readonly Act[],
): EvidencePhoto[] {
  const refused = new Set(
    photos.filter((photo) => photo.state === "refused").map((photo) => photo.sha256),
  );
  for (const sha256 of snapshot.rejected_photos ?? []) refused.add(sha256);
  const told = snapshot.run.flatMap((entry) =>
    entry.photos.map((photo) => ({ step: entry.step, tag: photo.tag, sha256: photo.sha256 })),
  );
  const sentBack = new Set(snapshot.returned_steps.map((one) => one.step));
  // What was held when a step was sent back no longer counts for it.
  const isAnew = (photo: HeldPhoto) =>
    redoing.some(
      (act) =>
        act.data.step === photo.step &&
        (photo.act === act.id || (photo.act === null && photo.takenAt >= act.at)),
    );
  const own = photos
    .filter((photo) => photo.state !== "kept" && photo.state !== "refused")
    .filter((photo) => !sentBack.has(photo.step) || isAnew(photo))
    .map((photo) => ({ step: photo.step, tag: photo.tag, sha256: photo.sha256 }));
  return [...told.filter((photo) => !sentBack.has(photo.step)), ...own].filter(
    (photo) => !refused.has(photo.sha256),
  );
}

function runOf(
  templates: readonly Template[],
  snapshot: Snapshot,
  stay: readonly Act[],
  given: Context & { agreed: ReadonlySet<string> },
): { run: Run | null; doubtful: Job["doubtful"]; follows: Consequence | null } {
  const [own, ...children] = templates;
  if (own === undefined) return { run: null, doubtful: [], follows: null };
  const results: Result[] = [...Run.fromWire(own, children, snapshot.run).results];
  let run = new Run(own, children, results);
  const known = new Set(results.map((result) => `${result.step}#${result.attempt}`));
  const doubtful: { act: Act; reasons: Refused["reasons"] }[] = [];
  let follows: Consequence | null = null;
  for (const act of stay) {
    if (act.type === "order.resumed" && isFresh(act, snapshot.version)) follows = null;
    if (act.type !== "step.recorded" || !counts(act)) continue;
    if (known.has(`${act.data.step}#${act.data.attempt}`)) continue;
    try {
      const context = { ...given, priceConfirmed: given.agreed.has(act.id) };
      const result = judge(run, act.data as unknown as Answer, context);
      run = new Run(own, children, [...run.results, result]);
      const step = run.find(result.step);
      // Of what the server has judged, it has also drawn the consequence.
      if (step && isFresh(act, snapshot.version)) follows = consequence(step, result) ?? follows;
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      doubtful.push({ act, reasons: refusal.reasons });
    }
  }
  return { run, doubtful, follows };
}
