/** What the customer pays: integer fen, by the price list. Pure. */

const MOST_HUNDREDTHS = 99_999_999;
/** More than any order comes to, and all that the wire takes. */
export const MOST_TOTAL_FEN = 2 ** 31 - 1;

/** A positive quantity with at most six digits and two decimals, in hundredths; null otherwise. */
export function quantityHundredths(text: string): number | null {
  const match = /^([0-9]{1,6})(?:\.([0-9]{1,2}))?$/.exec(text.trim());
  if (match === null) return null;
  const hundredths = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return hundredths > 0 ? hundredths : null;
}

/** A quantity as people write it: "1", "2.5", "0.25". */
export function quantityText(hundredths: number): string {
  const decimals = String(hundredths % 100).padStart(2, "0");
  const whole = Math.floor(hundredths / 100);
  return decimals === "00" ? `${whole}` : `${whole}.${decimals}`.replace(/0$/, "");
}

/** The same quantity without zeros that say nothing; what is none stays as it is. */
export function plainQuantity(text: string): string {
  const hundredths = quantityHundredths(text);
  return hundredths === null ? text : quantityText(hundredths);
}

/** So many pieces more, or fewer; null where nothing is left. What is no quantity counts as none. */
export function changedQuantity(text: string, pieces: number): string | null {
  const hundredths = (quantityHundredths(text) ?? 0) + pieces * 100;
  return hundredths <= 0 ? null : quantityText(Math.min(hundredths, MOST_HUNDREDTHS));
}

/** Quantity times unit price, rounded half up to a fen; 0 for what is no quantity. */
export function amountFen(qty: string, unitPriceFen: number): number {
  const hundredths = quantityHundredths(qty);
  return hundredths === null ? 0 : Math.floor((hundredths * unitPriceFen + 50) / 100);
}

export function totalFen(
  lines: readonly { item: string; qty: string }[],
  priceOf: ReadonlyMap<string, number>,
): number {
  return lines.reduce((sum, line) => sum + amountFen(line.qty, priceOf.get(line.item) ?? 0), 0);
}
