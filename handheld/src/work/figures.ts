/** Figures as they are typed on the pad, and what a pressure would be in another unit. Pure. */

const MOST_WHOLE = 9;
const MOST_PLACES = 6;

export type Key = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "." | "-" | "back";

/** The figure after a key of the pad; what makes no number leaves it as it is. */
export function press(text: string, key: Key): string {
  if (key === "back") return text.slice(0, -1);
  if (key === "-") return text.startsWith("-") ? text.slice(1) : `-${text}`;
  return tidy(text + key);
}

/** What a keyboard typed, read as a figure: full width, a comma for the point, no leading zeros. */
export function tidy(typed: string): string {
  const plain = typed.normalize("NFKC").replaceAll(/[,。、]/g, ".");
  const minus = plain.trimStart().startsWith("-") ? "-" : "";
  const [whole = "", ...rest] = plain.replaceAll(/[^0-9.]/g, "").split(".");
  const units = whole.replace(/^0+(?=[0-9])/, "").slice(0, MOST_WHOLE);
  if (rest.length === 0) return minus + units;
  return `${minus}${units || "0"}.${rest.join("").slice(0, MOST_PLACES)}`;
}

/** factors to MPa of what gauges of the trade are also marked in. */
const PER_MPA: readonly (readonly [unit: string, factor: number])[] = [
  ["kgf/cm²", 0.0981],
  ["bar", 0.1],
  ["psi", 0.0069],
];

/** What a figure that cannot be MPa would be in MPa, were it one of the other units. */
export function asMpa(value: string): { unit: string; mpa: string }[] {
  const figure = Number(value);
  if (!(figure > 0)) return [];
  return PER_MPA.map(([unit, factor]) => ({ unit, mpa: (figure * factor).toFixed(2) }));
}
