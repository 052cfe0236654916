/** What the customer pays: integer fen, by the price list. Pure. */

/** A positive quantity with at most six digits and two decimals, in hundredths; null otherwise. */
export function quantityHundredths(text: string): number | null {
  const match = /^([0-9]{1,6})(?:\.([0-9]{1,2}))?$/.exec(text.trim());
  if (match === null) return null;
  const hundredths = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return hundredths > 0 ? hundredths : null;
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
