/** Units as people write them, and the spellings worth choosing between. */

import type { Step } from "../../engine/evaluate";
import { language, words } from "../../words/words";

const say = words({
  zh: { times: "次", pcs: "个", min: "分钟", "% LEL": "% LEL", "MPa (gauge)": "MPa(表压)" },
  en: { times: "times", pcs: "pcs", min: "min", "% LEL": "% LEL", "MPa (gauge)": "MPa (gauge)" },
});
/** Units of the price list and the store, which are typed at the desk. */
const TRADED: Readonly<Record<string, string>> = {
  次: "job",
  个: "pcs",
  只: "pcs",
  件: "pcs",
  台: "pcs",
  根: "pcs",
  支: "pcs",
  块: "pcs",
  套: "set",
  把: "pcs",
  卷: "roll",
  盒: "box",
  瓶: "bottle",
  米: "m",
  平方米: "m²",
  公斤: "kg",
  千克: "kg",
  克: "g",
  升: "L",
  小时: "h",
};
const SIGNS: Readonly<Record<string, string>> = {
  Mohm: "MΩ",
  MOhm: "MΩ",
  ohm: "Ω",
  C: "°C",
  "℃": "°C",
  个: "pcs",
  处: "pcs",
  次: "times",
  分钟: "min",
};

/** 221 V rather than 221 V AC; 次 for times. */
export function unitWords(unit: string | undefined): string {
  if (unit === undefined) return "";
  const plain = SIGNS[unit] ?? unit;
  const list: Record<string, string> = say();
  return list[plain] ?? plain;
}

/** The unit in which something is priced or handed out; one that nobody foresaw as it was typed. */
export function tradeUnitWords(unit: string): string {
  return language.value === "zh" ? unit : (TRADED[unit] ?? unit);
}

/** The units that a value may be given in, each once by what it looks like, the step's own first. */
export function unitsToChoose(step: Step): string[] {
  const seen = new Set<string>();
  return [step.unit, ...(step.unit_also ?? [])]
    .filter((unit) => unit !== undefined)
    .filter((unit) => {
      const shown = unitWords(unit);
      if (seen.has(shown)) return false;
      seen.add(shown);
      return true;
    });
}

/** A figure with its unit; no space before a sign that stands close. */
export function figure(value: string, unit: string | undefined): string {
  const shown = unitWords(unit);
  const close = language.value === "zh" && /^[一-鿿]/.test(shown);
  return shown === "" ? value : close ? `${value}${shown}` : `${value} ${shown}`;
}
