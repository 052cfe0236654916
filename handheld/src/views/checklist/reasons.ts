/** Reasons that come up again and again for a warning, so that a glove need not type them. */

import type { Step, Verdict } from "../../engine/evaluate";
import { words } from "../../words/words";

const say = words({
  zh: {
    justStarted: "刚开机,压力未稳",
    coolDay: "环境温度偏低",
    hotDay: "环境温度偏高",
    dirtyFilter: "过滤网或换热器脏,已清洗",
    measuredTwice: "已复测,读数一致",
    shortRun: "管路短,不需要活接头",
    ownerNoUnion: "业主不装活接头",
    noRoom: "该处没有操作空间",
    cupboard: "避开柜体",
    obstacle: "墙面有障碍物",
    ownerRoute: "业主指定走向",
    oldSound: "旧件完好,故障在线路",
    ownerKeeps: "业主要求保留",
    noStock: "同规格暂时无货",
    discontinued: "原规格已停产",
    ownerAgrees: "业主同意换用",
    site: "现场条件限制",
    customer: "客户要求",
  },
  en: {
    justStarted: "Just started, pressure not steady",
    coolDay: "Cool surroundings",
    hotDay: "Hot surroundings",
    dirtyFilter: "Filter or coil was dirty, cleaned",
    measuredTwice: "Measured twice, same reading",
    shortRun: "Short run, needs no union",
    ownerNoUnion: "The owner wants no union",
    noRoom: "No room to work there",
    cupboard: "Had to pass a cupboard",
    obstacle: "Something on the wall is in the way",
    ownerRoute: "The owner chose the route",
    oldSound: "Old part sound, fault was in the line",
    ownerKeeps: "The owner keeps it",
    noStock: "Same specification out of stock",
    discontinued: "Old specification no longer made",
    ownerAgrees: "The owner agrees to the other",
    site: "The site does not allow it",
    customer: "The customer wants it so",
  },
});

type Name = keyof ReturnType<typeof say>;

const BY_BAND: Readonly<Record<string, readonly Name[]>> = {
  warn_low: ["justStarted", "coolDay", "dirtyFilter", "measuredTwice"],
  warn_high: ["justStarted", "hotDay", "dirtyFilter", "measuredTwice"],
  no_union: ["shortRun", "ownerNoUnion"],
  elsewhere: ["noRoom", "cupboard", "ownerRoute"],
  off_wall: ["obstacle", "ownerRoute", "noRoom"],
  retained: ["oldSound", "ownerKeeps", "noStock"],
  deviation: ["discontinued", "noStock", "ownerAgrees"],
};
const OF_READINGS: readonly Name[] = ["measuredTwice", "site", "customer"];
const OF_WORK: readonly Name[] = ["site", "customer", "noStock"];

/** The reasons to offer for an answer; own words are possible beside them. */
export function reasonsFor(step: Step, verdict: Pick<Verdict, "band"> | null): string[] {
  const kind = step.kind === "reading" ? OF_READINGS : OF_WORK;
  const band = step.limits?.same_spec && verdict === null ? "deviation" : (verdict?.band ?? "");
  return (BY_BAND[band] ?? kind).map((name) => say()[name]);
}
