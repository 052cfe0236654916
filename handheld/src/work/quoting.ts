/** The lines of a quote: chosen, priced, compared with what was agreed before. Pure. */

import type { PriceList, Problem } from "../contract/wire";
import type { Act } from "../store/database";
import type { Job, QuoteSeen } from "./job";
import type { Offer } from "./offers";
import { amountFen, changedQuantity, plainQuantity, quantityHundredths } from "./price";

export interface Line {
  item: string;
  qty: string;
}

export interface PricedLine extends Line {
  name: { zh: string; en: string };
  unit: string;
  unitPriceFen: number;
  /** What the customer pays for it. */
  amountFen: number;
  /** What it comes to by the list. */
  listedFen: number;
  /** Not among the offers: it cannot be quoted. */
  isUnknown: boolean;
}

export interface PricedQuote {
  lines: PricedLine[];
  totalFen: number;
}

/** Whether the customer pays nothing: the appliance is in warranty. */
export function isInWarranty(job: Job): boolean {
  return job.snapshot.asset?.warranty === "in_warranty";
}

/** Lines with their prices as the list here has them; in warranty (`isFree`) none is charged. */
export function priced(
  lines: readonly Line[],
  offers: readonly Offer[],
  isFree = false,
): PricedQuote {
  const byCode = new Map(offers.map((offer) => [offer.code, offer]));
  const found = lines.map((line) => {
    const offer = byCode.get(line.item);
    const listedFen = amountFen(line.qty, offer?.priceFen ?? 0);
    return {
      ...line,
      name: offer?.name ?? { zh: line.item, en: line.item },
      unit: offer?.unit ?? "",
      unitPriceFen: offer?.priceFen ?? 0,
      amountFen: isFree ? 0 : listedFen,
      listedFen,
      isUnknown: offer === undefined,
    };
  });
  return { lines: found, totalFen: found.reduce((sum, line) => sum + line.amountFen, 0) };
}

/** A quote as the customer is shown it: by the server's own lines once it has taken it. */
export function shownQuote(
  quote: QuoteSeen,
  offers: readonly Offer[],
  isFree = false,
): PricedQuote {
  if (quote.bySnapshot === null) {
    const { lines } = priced(quote.lines, offers, isFree);
    return { lines, totalFen: isFree ? 0 : quote.totalFen };
  }
  const byCode = new Map(offers.map((offer) => [offer.code, offer]));
  const lines = quote.bySnapshot.lines.map((line) => ({
    item: line.item,
    qty: plainQuantity(line.qty),
    name: byCode.get(line.item)?.name ?? { zh: line.description, en: line.description },
    unit: byCode.get(line.item)?.unit ?? "",
    unitPriceFen: line.unit_price_fen,
    amountFen: line.amount_fen,
    listedFen: amountFen(line.qty, line.unit_price_fen),
    isUnknown: false,
  }));
  return { lines, totalFen: quote.totalFen };
}

/** One more of an item, or `qty` where it is new. */
export function withOneMore(lines: readonly Line[], item: string, qty = "1"): Line[] {
  if (!lines.some((line) => line.item === item)) return [...lines, { item, qty }];
  return changedBy(lines, item, 1);
}

/** So many pieces more or fewer; a line of which nothing is left goes. */
export function changedBy(lines: readonly Line[], item: string, pieces: number): Line[] {
  return lines.flatMap((line) => {
    if (line.item !== item) return [line];
    const qty = changedQuantity(line.qty, pieces);
    return qty === null ? [] : [{ item, qty }];
  });
}

export function withQuantity(lines: readonly Line[], item: string, qty: string): Line[] {
  return lines.map((line) => (line.item === item ? { item, qty } : line));
}

/** What the server gets: quantities without needless zeros. */
export function asSent(lines: readonly Line[]): Line[] {
  return lines.map(({ item, qty }) => ({ item, qty: plainQuantity(qty) }));
}

export interface Difference {
  item: string;
  /** Null: it was, or is, not on the quote. */
  before: string | null;
  after: string | null;
}

/** What a new quote changes, in the order of the new one; what was taken out comes last. */
export function differences(before: readonly Line[], after: readonly Line[]): Difference[] {
  const old = new Map(before.map((line) => [line.item, plainQuantity(line.qty)]));
  const now = new Set(after.map((line) => line.item));
  const changed = after
    .map((line) => ({
      item: line.item,
      before: old.get(line.item) ?? null,
      after: plainQuantity(line.qty),
    }))
    .filter((one) => one.before !== one.after);
  const gone = before
    .filter((line) => !now.has(line.item))
    .map((line) => ({ item: line.item, before: plainQuantity(line.qty), after: null }));
  return [...changed, ...gone];
}

export interface Wrong {
  item: string;
  what: "quantity" | "unknown";
}

/** The lines with which the server would not take the quote. */
export function wrongLines(quote: PricedQuote): Wrong[] {
  return quote.lines.flatMap((line): Wrong[] => {
    if (line.isUnknown) return [{ item: line.item, what: "unknown" }];
    if (quantityHundredths(line.qty) === null) return [{ item: line.item, what: "quantity" }];
    return [];
  });
}

export interface Beginning {
  lines: Line[];
  /** Why the server did not take the last quote, where it did not. */
  refusal: Problem | null;
}

/** With which lines quoting begins: those that were refused, else those that stand. */
export function beginning(job: Job): Beginning {
  const last = lastQuoted(job);
  if (last?.outcome === "rejected") {
    return { lines: last.data.lines as Line[], refusal: last.problem };
  }
  return { lines: asSent(job.quote?.lines ?? []), refusal: null };
}

function lastQuoted(job: Job): Act | undefined {
  return job.acts.filter((act) => act.type === "order.quoted").at(-1);
}

/** Whether a quote may be given now (WO6, WO8). */
export function mayQuote(job: Job): boolean {
  return ["on_site", "quoted", "in_progress"].includes(job.state);
}

const OLD_AFTER_MS = 24 * 3600 * 1000;
const BY_AN_OLD_LIST: ReadonlySet<string> = new Set([
  "urn:paigong:problem:quote-total-differs",
  "urn:paigong:problem:not-on-price-list",
]);

/** How far the price list here may be trusted; the server prices by its own. */
export function listStanding(
  list: PriceList | undefined,
  fetchedAt: number | undefined,
  job: Job,
  now: number,
): "missing" | "superseded" | "old" | "good" {
  if (list === undefined || list.items.length === 0) return "missing";
  const quoted = job.snapshot.quote?.price_list_version;
  if (quoted !== undefined && quoted > list.version) return "superseded";
  const refused = lastQuoted(job);
  const isBlamed = refused?.outcome === "rejected" && isByAnOldList(refused.problem);
  if (isBlamed && (refused.settledAt ?? 0) > (fetchedAt ?? 0)) return "superseded";
  return fetchedAt !== undefined && now - fetchedAt > OLD_AFTER_MS ? "old" : "good";
}

function isByAnOldList(problem: Problem | null): boolean {
  return problem?.type !== undefined && BY_AN_OLD_LIST.has(problem.type);
}
