/** What comes before everything else in danger, and then what to do, by kind (R-027, CL-GASEMG). */

import type { HazardKind } from "../../contract/wire";
import { words } from "../../words/words";

const say = words({
  zh: {
    leave: "先离开!",
    leave_gas: "先离开!到室外再按",
    first: "先这样做",
    gas_leak:
      "不碰任何电器开关、门铃,不点火\n屋里不打电话,也不操作本机\n安全的话,关表前阀、开门开窗\n叫屋里所有人出来\n到室外安全处再打电话",
    electric_shock:
      "不碰触电的人,也不碰带电的东西\n够得着又安全的话,断开总闸\n断不了电就退开,不让人靠近\n有人受伤,马上打 120",
    water:
      "水已碰到插座、配电箱,就不要进去\n安全的话先断电,再关总水阀\n告诉楼下住户\n不让人走进积水",
    fire: "叫所有人走楼梯离开,不乘电梯\n到外面打 119,说清楼栋和楼层\n火小、退路在身后,才用灭火器\n出来后不再进去",
    structural: "人都退开,不从下面走\n拦住路,不让别人进\n不碰、不拆支撑的东西",
    other: "自己先离开危险处\n叫旁边的人也离开\n拦住路,不让别人进",
  },
  en: {
    leave: "Leave first!",
    leave_gas: "Leave first! Press outside",
    first: "Do this first",
    gas_leak:
      "Touch no switch, no bell; no flame\nNo phone inside, and not this handheld\nIf it is safe: shut the valve before the meter, open doors and windows\nBring everybody out\nCall only from safety outside",
    electric_shock:
      "Touch neither the person nor anything live\nIf you can reach it safely, switch off the mains\nIf not, step back and keep others away\nSomebody hurt: call 120 at once",
    water:
      "Do not go in where water has reached sockets or the board\nIf it is safe: power off, then shut the main valve\nTell the flat below\nKeep people out of the water",
    fire: "Everybody out by the stairs, no lift\nOutside, call 119: building and floor\nUse an extinguisher only on a small fire with the way out behind you\nOnce out, stay out",
    structural:
      "Everybody back; do not walk below\nBlock the way for others\nTouch and remove nothing that bears a load",
    other: "Leave the danger yourself first\nTell those nearby to leave\nBlock the way for others",
  },
});

/** Numbers that everybody in China knows; the desk's own stands beside them. */
const EMERGENCY_NUMBERS: Partial<Record<HazardKind, string>> = {
  fire: "119",
  electric_shock: "120",
};

/** Before the alarm: two words that are read in half a second. */
export function LeaveFirst({ kind }: { kind: HazardKind | null }) {
  return (
    <p class="leave-first" role="alert">
      {kind === "gas_leak" ? say().leave_gas : say().leave}
    </p>
  );
}

export function WhatToDo({ kind }: { kind: HazardKind }) {
  return (
    <ol class="what-to-do" aria-label={say().first}>
      {say()
        [kind].split("\n")
        .map((line) => (
          <li key={line}>{line}</li>
        ))}
    </ol>
  );
}

export function emergencyNumber(kind: HazardKind): string | null {
  return EMERGENCY_NUMBERS[kind] ?? null;
}
