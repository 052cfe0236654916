/** Recording a step from its form, and where to go from there. */

import { useRef } from "preact/hooks";
import { useHandheld } from "../../app/live";
import { goInstead } from "../../app/route";
import type { Result, Run, Step } from "../../engine/evaluate";
import { photosOf } from "../../queue/pictures";
import { words } from "../../words/words";
import type { Weighed } from "../../work/entry";
import { hazardOf, mayAlarm } from "../../work/hazard";
import type { JobAtHand } from "../../work/jobs";
import { type Onward, onwardFrom } from "../../work/onward";
import { raised } from "../acts/useAlarm";
import { useRecording } from "../parts/recording";
import { turnTo } from "./navigation";
import { signOfStatus } from "./standings";

const say = words({
  zh: {
    recorded: (step: string, verdict: string) => `${step} ${verdict},已存本机`,
  },
  en: {
    recorded: (step: string, verdict: string) => `${step} ${verdict}, kept on this handheld`,
  },
});

export function useStepRecording(found: JobAtHand, run: Run, step: Step, draftKey: string) {
  const { record, busy } = useRecording();
  const { database } = useHandheld();
  const { job } = found;
  const isAtIt = useRef(false);

  /** Once for each tap that counts: an alarm is not held back by the guard of all acts. */
  async function recordOnce(weighed: Weighed): Promise<void> {
    if (isAtIt.current) return;
    isAtIt.current = true;
    await recordStep(weighed).finally(() => {
      isAtIt.current = false;
    });
  }

  /** Record what was weighed, the kept pictures with it; then turn to what comes next. */
  async function recordStep({ answer, verdict }: Weighed): Promise<void> {
    if (verdict === null) return;
    // Asked of the store: a picture taken this very moment may not be on the screen yet.
    const kept = (await photosOf(database, job.number)).filter(
      (photo) => photo.step === step.id && photo.state === "kept",
    );
    const danger = mayAlarm(job) ? hazardOf(step, verdict.status) : null;
    if (danger !== null) {
      // a step would wait for second thoughts, and behind what waits for photos.
      const alarm = { atOnce: true, done: raised(danger) };
      await record("hazard.alarm", job.snapshot, { kind: danger, note: step.id }, alarm);
    }
    const named = kept.map(({ sha256, tag }) => ({ sha256, tag }));
    const act = await record(
      "step.recorded",
      job.snapshot,
      {
        step: step.id,
        attempt: answer.attempt,
        answer: { ...answer.answer },
        photos: named,
        ...(answer.text ? { text: answer.text } : {}),
        ...(answer.reason ? { reason: answer.reason } : {}),
      },
      {
        drafts: [draftKey],
        photos: kept.map((photo) => photo.id),
        done: say().recorded(step.id, signOfStatus(verdict.status, step).word),
        atOnce: danger !== null,
        // What was typed is a draft again: a slip is mended where it was made.
        undone: () => turnTo(job.number, step.id),
      },
    );
    if (act === null) return;
    const { status, band } = verdict;
    const result: Result = {
      step: step.id,
      attempt: answer.attempt,
      status,
      band,
      answer: answer.answer,
      photos: named,
      text: answer.text ?? null,
      reason: answer.reason ?? null,
    };
    leave(onwardFrom(job, run, step, result));
  }

  function leave(onward: Onward): void {
    if (onward.to === "step") turnTo(job.number, onward.step);
    else if (onward.to === "hazard") goInstead("order", job.number, "hazard");
    else if (onward.to === "list") goInstead("order", job.number, "checklist");
    else if (onward.to === "order") goInstead("order", job.number);
  }

  return { recordStep: recordOnce, busy };
}
