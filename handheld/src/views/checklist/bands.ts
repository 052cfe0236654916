/** What the name of a limit means, in words. */

import type { Status, Step } from "../../engine/evaluate";
import { wordFor } from "../../words/trade";
import { words } from "../../words/words";
import { signOfStatus } from "./standings";

const say = words({
  zh: {
    low: "偏低",
    high: "偏高",
    not_lit: "没有点亮",
    flickers: "闪烁过多",
    overload: "超过额定电流",
    leakage: "漏电",
    below_minimum: "低于最小绝缘",
    retained: "保留旧件",
    deviation: "偏差已获准",
    none_good: "一次也没点着",
    too_few: "次数不够",
    leak_reported: "报修即为漏气",
    leaks: "有漏点",
    too_short: "静置时间不够",
    fail_leak: "疑似泄漏",
    warn_low: "偏低",
    warn_high: "偏高",
    outside_window: "不在判定温度内,只记录",
    plate: "在铭牌范围内",
    no_limits: "没有可对照的数值",
    too_low: "偏低过多",
    too_high: "偏高过多",
    no_union: "没有活接头",
    too_many: "活接头过多",
    elsewhere: "不在进水口附近",
    off_wall: "没有靠墙",
    out_of_plumb: "不垂直",
    out_of_level: "不水平",
    too_far: "间距过大",
    unclipped: "有弯未固定",
    local_code: "按当地规定",
    pass: "正常",
  },
  en: {
    low: "Too low",
    high: "Too high",
    not_lit: "Did not light",
    flickers: "Flickers too often",
    overload: "Above the rated current",
    leakage: "Leaks to earth",
    below_minimum: "Below the least insulation",
    retained: "Old part kept",
    deviation: "Deviation allowed",
    none_good: "Never lit",
    too_few: "Too few times",
    leak_reported: "Called for a leak",
    leaks: "Leaks seen",
    too_short: "Not long enough",
    fail_leak: "Leak suspected",
    warn_low: "Low",
    warn_high: "High",
    outside_window: "Outside the temperature it is judged at: noted only",
    plate: "Within the plate's figures",
    no_limits: "No figures to compare with",
    too_low: "Far too low",
    too_high: "Far too high",
    no_union: "No union",
    too_many: "Too many unions",
    elsewhere: "Not near the inlet",
    off_wall: "Not along a wall",
    out_of_plumb: "Out of plumb",
    out_of_level: "Out of level",
    too_far: "Too far apart",
    unclipped: "Bends without a clip",
    local_code: "By the local code",
    pass: "Normal",
  },
});

/** The band's name in words; a name that is not known here says no more than the status. */
export function bandWords(band: string | null, status: Status | "refused", step?: Step): string {
  const found = band === null || band === status ? null : wordFor(say(), band);
  return found === null || found === band ? signOfStatus(status, step).word : found;
}

/** Whether the app has words for a band. */
export function isBandKnown(band: string): boolean {
  return band in say();
}
