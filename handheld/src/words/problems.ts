/** Why the server said no, in the reader's language. */

import type { Problem } from "../contract/wire";
import { language, words } from "./words";

const say = words({
  zh: { refused: "服务器没有接受", rule: (rule: string) => `(规则 ${rule})` },
  en: { refused: "The server did not accept it", rule: (rule: string) => ` (rule ${rule})` },
});

/** The reason, with the rule of the trade where one refused. */
export function problemText(problem: Problem | null): string {
  if (problem === null) return say().refused;
  const told = language.value === "zh" ? problem.detail_zh : problem.detail_en;
  const text = told ?? problem.detail ?? problem.title ?? say().refused;
  return problem.rule === undefined ? text : text + say().rule(problem.rule);
}
