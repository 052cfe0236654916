/** Sentences about steps: what the engine says, with names in place of codes; answers in short. */

import type { Missing, Reason, Result, Step, Template } from "../../engine/evaluate";
import type { Field } from "../../engine/template";
import { inLanguage, locale, words } from "../../words/words";
import { tagWords } from "../photos/tags";
import { figure } from "./units";

const say = words({
  zh: {
    reading: "读数",
    check_yes: "正常",
    check_no: "不正常",
    safety_yes: "已确认",
    safety_no: "做不到",
    action_yes: "已完成",
    action_no: "没做成",
    photo: "照片",
    noted: "已记录",
    seed: (source: string) => `手册 ${source}`,
    engineering: "工程经验,非手册规定",
    product: "系统建议值,非手册规定",
    no: "否",
    yes: "是",
    other: "其他",
    inductive: "电感式",
    electronic: "电子式",
    led: "LED 灯管",
    missingPhoto: (step: string, tag: string) => `${step} 缺照片:${tag}`,
  },
  en: {
    reading: "The reading",
    check_yes: "In order",
    check_no: "Not in order",
    safety_yes: "Confirmed",
    safety_no: "Could not",
    action_yes: "Done",
    action_no: "Could not be done",
    photo: "Picture",
    noted: "Noted",
    seed: (source: string) => `Manual ${source}`,
    engineering: "Practice of the trade, not the manual's",
    product: "Suggested by the system, not the manual's",
    no: "No",
    yes: "Yes",
    other: "Other",
    inductive: "Inductive",
    electronic: "Electronic",
    led: "LED tube",
    missingPhoto: (step: string, tag: string) => `${step} lacks a photo: ${tag}`,
  },
});

/** Refusals whose sentence carries the key of a quantity. */
const NAMES_A_KEY: ReadonlySet<string> = new Set([
  "missing-key",
  "not-a-decimal",
  "not-an-integer",
  "out-of-range",
  "unknown-choice",
]);

/** A reason of the engine, with the names of quantities instead of their keys. */
export function reasonWords(step: Step, reason: Reason): string {
  let text = inLanguage(reason);
  if (!NAMES_A_KEY.has(reason.code)) return text;
  for (const field of step.fields ?? []) text = inPlaceOf(text, field.name, inLanguage(field.text));
  return inPlaceOf(text, "value", say().reading);
}

function inPlaceOf(text: string, key: string, name: string): string {
  return text.replaceAll(new RegExp(`(?<![\\w-])${key}(?![\\w-])`, "g"), name);
}

export function missingWords(missing: Missing): string {
  return missing.tag === null
    ? inLanguage(missing)
    : say().missingPhoto(missing.step, tagWords(missing.tag));
}

/** Whose step or figure it is; ours is never shown as the manual's. */
export function provenanceWords({
  provenance,
  source,
}: Pick<Step, "provenance" | "source">): string {
  return provenance === "seed" ? say().seed(source) : say()[provenance];
}

export function optionWords(field: Pick<Field, "options">, option: string): string {
  const isYesNo = field.options?.length === 2 && field.options.every((one) => /^[01]$/.test(one));
  if (isYesNo) return option === "1" ? say().yes : say().no;
  const known = ["other", "inductive", "electronic", "led"] as const;
  const name = known.find((one) => one === option);
  return name === undefined ? option : say()[name];
}

/** The two answers of a step that is answered with yes or no. */
export function yesNoWords(kind: "check" | "safety" | "action", isYes: boolean): string {
  return say()[`${kind}_${isYes ? "yes" : "no"}`];
}

/** What was answered, in short: 221 V; In order; Cools badly, drips. */
export function answerWords(step: Step, result: Pick<Result, "answer" | "text">): string {
  const { answer } = result;
  const parts: string[] = [];
  for (const [kind, key] of [
    ["check", "ok"],
    ["safety", "confirmed"],
    ["action", "done"],
  ] as const) {
    if (step.kind === kind) parts.push(yesNoWords(kind, answer[key] === true));
  }
  if (step.kind === "photo") parts.push(say().photo);
  if (typeof answer.value === "string") parts.push(figure(answer.value, String(answer.unit)));
  if (Array.isArray(answer.choices)) {
    const chosen = (step.choices ?? []).filter(({ id }) =>
      (answer.choices as string[]).includes(id),
    );
    parts.push(...chosen.map((one) => inLanguage(one.text)));
  }
  if (typeof answer.new_spec === "string") parts.push(`${answer.old_spec} → ${answer.new_spec}`);
  for (const [name, value] of Object.entries((answer.fields ?? {}) as Record<string, string>)) {
    parts.push(fieldWords(step, name, value));
  }
  if (result.text) parts.push(result.text);
  return parts.join(" · ") || say().noted;
}

function fieldWords(step: Step, name: string, value: string): string {
  const field = step.fields?.find((one) => one.name === name);
  if (field === undefined) return value;
  const shown = field.options ? optionWords(field, value) : figure(value, field.unit);
  return `${inLanguage(field.text)} ${shown}`;
}

/** Old part and New part */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat(locale.value, { type: "conjunction" }).format(names);
}

export function titleOf(template: Template): string {
  return inLanguage(template.title);
}
