/** Raising an alarm: recorded before anything else, and not to be taken back. */

import { go, goInstead } from "../../app/route";
import type { HazardKind } from "../../contract/wire";
import { hazardWords } from "../../words/trade";
import { words } from "../../words/words";
import type { Job } from "../../work/job";
import { useRecording } from "../parts/recording";

const say = words({
  zh: { raised: (what: string) => `已报警:${what}。联网即发,不能撤销。` },
  en: { raised: (what: string) => `Alarm: ${what}. It goes out at once and stays.` },
});

export function useAlarm() {
  const { record, isAlarming: busy } = useRecording();

  /** Record it and show what to do; `from` is the screen one stands on. */
  async function alarm(job: Job, kind: HazardKind, from: "order" | "alarm"): Promise<void> {
    const also = { atOnce: true, done: raised(kind) };
    const act = await record("hazard.alarm", job.snapshot, { kind }, also);
    if (act === null) return;
    (from === "alarm" ? goInstead : go)("order", job.number, "hazard");
  }

  return { alarm, record, busy };
}

/** What is said once an alarm is on the disk. */
export function raised(kind: HazardKind): string {
  return say().raised(hazardWords()[kind]);
}
