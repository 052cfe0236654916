/** What the app says, Chinese and English side by side. A room's words stand beside its views. */

import { computed, signal } from "@preact/signals";

export type Language = "zh" | "en";

export const language = signal<Language>("zh");
/** The locale in which dates, money and numbers are written. */
export const locale = computed(() => (language.value === "zh" ? "zh-CN" : "en-GB"));

type Saying = string | ((...given: never[]) => string);
type Sayings = Record<string, Saying>;
/** The same names and parameters, in other words. */
type Like<Zh extends Sayings> = {
  [Name in keyof Zh]: Zh[Name] extends (...given: infer Given) => string
    ? (...given: Given) => string
    : string;
};

/** Words of a room. What one language has, the other must have. */
export function words<Zh extends Sayings>(both: { zh: Zh; en: Like<Zh> }): () => Like<Zh> {
  return () => (language.value === "zh" ? (both.zh as unknown as Like<Zh>) : both.en);
}

/** One of two texts, as templates and reasons carry them. */
export function inLanguage(text: { zh: string; en: string }): string {
  return language.value === "zh" ? text.zh : text.en;
}
