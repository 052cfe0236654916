/** What the technician reads when an answer is refused or something is still missing. */

import type { Missing, Reason } from "./run";

type Sentences = readonly [zh: string, en: string];
type Words = Readonly<Record<string, unknown>>;

export const REFUSALS = {
  "unknown-step": ["这张检查单里没有步骤 {step}", "This checklist has no step {step}"],
  "signoff-not-recorded": [
    "签收步骤不单独登记,客户验收时自动完成",
    "A sign-off is not recorded as a step; the customer's acceptance fills it",
  ],
  "wrong-attempt": [
    "这一步应登记为第 {expected} 次",
    "This step must be recorded as attempt {expected}",
  ],
  "not-applicable": [
    "按目前的结果,这一步不需要做",
    "With the results so far this step does not apply",
  ],
  "price-not-confirmed": [
    "客户确认价格之前不能动手施工",
    "No work is done before the customer has confirmed the price",
  ],
  locked: ["须先确认安全步骤 {lockers}", "Safety step {lockers} has to be confirmed first"],
  "out-of-order": ["须先完成 {earlier}", "{earlier} comes first"],
  "requirement-unmet": ["{zh}", "{en}"],
  "child-run-open": [
    "检查单 {child} 还有未完成的步骤:{steps}",
    "Checklist {child} is not finished; open steps: {steps}",
  ],
  "bad-answer": ["回答的格式不对:{detail}", "The answer has the wrong shape: {detail}"],
  "unknown-key": ["回答里有不认识的项目:{key}", "The answer has an unknown entry: {key}"],
  "missing-key": ["回答里缺少 {key}", "The answer lacks {key}"],
  "not-a-decimal": [
    "{key} 要写成十进制数字文本,例如 0.40",
    '{key} must be a decimal number written as text, such as "0.40"',
  ],
  "not-an-integer": ["{key} 要写成整数", "{key} must be a whole number written as text"],
  "wrong-unit": ["单位应为 {unit}", "The unit must be {unit}"],
  "out-of-range": ["{key} 超出可能的范围", "{key} is outside what is possible"],
  "unknown-choice": ["没有 {key} 这个选项", "There is no choice {key}"],
  "no-choice": ["请至少选一项", "Choose at least one"],
  "one-choice-only": ["只能选一项", "Choose only one"],
  "text-required": ["请用文字说明", "Please describe it in words"],
  "reason-required": [
    "结果为“警告”,须写明原因",
    "The result is a warning: a reason has to be given",
  ],
  "specification-missing": [
    "请填写旧件和新件的规格",
    "Enter the specification of the old and of the new part",
  ],
  "specification-differs": [
    "新件与旧件规格不同;须写明原因并由客服主管批准",
    "The new part differs in specification: it needs a reason and the supervisor's leave",
  ],
  "bad-photo": ["照片标识不对:{detail}", "A photo is not named properly: {detail}"],
  "unit-suspected": [
    "数值不像 MPa。是否填成了 kgf/cm²、bar 或 psi?(依次乘 0.0981、0.1、0.0069)",
    "Not a likely MPa value. kgf/cm², bar or psi entered? (times 0.0981, 0.1, 0.0069)",
  ],
  "implausible-pressures": [
    "运行中低压不可能等于或高于高压,请复测",
    "While it runs the low side cannot reach the high side: measure again",
  ],
  "wrong-test-voltage": ["绝缘须用 500 V 摇表测量", "Insulation is measured with a 500 V megger"],
  "too-many-trials": ["最多登记 5 次点火", "At most 5 ignitions are recorded"],
} as const satisfies Record<string, Sentences>;

export const MISSING = {
  "not-recorded": ["{step} 尚未登记", "{step} has not been recorded"],
  "sent-back": ["{step} 被退回,须重做", "{step} was sent back and has to be done again"],
  repeat: ["{step} 须重新登记", "{step} has to be recorded again"],
  failed: ["{step} 未通过", "{step} has not passed"],
  "remedy-open": ["{step} 未通过,整改尚未完成", "{step} failed and has not been put right"],
  incomplete: ["{step} 的结果不完整", "The result of {step} is incomplete"],
  photo: ["{step} 缺少照片:{tag}", "{step} lacks a photo: {tag}"],
  "one-of": ["{group} 中至少登记一项", "Record at least one of {group}"],
} as const satisfies Record<string, Sentences>;

export type RefusalCode = keyof typeof REFUSALS;
export type MissingCode = keyof typeof MISSING;

/** Put a refusal into words. */
export function reason(
  code: RefusalCode,
  step: string,
  rule: string | null = null,
  words: Words = {},
): Reason {
  const [zh, en] = told(REFUSALS[code], { step, ...words });
  return { code, rule, step, zh, en };
}

/** Put what is missing into words. */
export function missing(
  code: MissingCode,
  step: string,
  tag: string | null = null,
  words: Words = {},
): Missing {
  const [zh, en] = told(MISSING[code], { step, tag, ...words });
  return { step, tag, code, zh, en };
}

function told(sentences: Sentences, words: Words): Sentences {
  const fill = (sentence: string) =>
    sentence.replaceAll(/\{(\w+)\}/g, (_, name) => `${words[name]}`);
  return [fill(sentences[0]), fill(sentences[1])];
}
