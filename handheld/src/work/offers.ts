/** What may stand on the quote of an order: the price list and what a manager approved. Pure. */

import type { PriceList, Snapshot } from "../contract/wire";

export interface Offer {
  code: string;
  name: { zh: string; en: string };
  /** Null: approved for this order alone (P-06). */
  category: string | null;
  unit: string;
  priceFen: number;
}

export interface OfferGroup {
  category: string | null;
  offers: Offer[];
}

/** Everything that has a price for this order; nothing else can be quoted. */
export function offersOf(
  list: PriceList | undefined,
  oneOffItems: Snapshot["one_off_items"],
): Offer[] {
  const approved = oneOffItems.map((item) => ({
    code: item.code,
    name: { zh: item.description, en: item.description },
    category: null,
    unit: "",
    priceFen: item.price_fen,
  }));
  const listed = (list?.items ?? []).map((item) => ({
    code: item.code,
    name: item.name,
    category: item.category,
    unit: item.unit,
    priceFen: item.price_fen,
  }));
  return [...approved, ...listed];
}

/** What was approved for the order first, then the order's own category, then the others. */
export function grouped(offers: readonly Offer[], category: string): OfferGroup[] {
  const groups = new Map<string | null, Offer[]>();
  for (const offer of offers) {
    const group = groups.get(offer.category);
    if (group === undefined) groups.set(offer.category, [offer]);
    else group.push(offer);
  }
  const rank = (name: string | null) => (name === null ? 0 : name === category ? 1 : 2);
  return [...groups]
    .map(([name, found]) => ({ category: name, offers: found }))
    .sort((one, other) => rank(one.category) - rank(other.category));
}

/** Offers of which code and names hold every word that was typed. */
export function matching(offers: readonly Offer[], typed: string): Offer[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return offers.filter((offer) => {
    const text = `${offer.code} ${offer.name.zh} ${offer.name.en}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
