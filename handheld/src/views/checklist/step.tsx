/** One step at a time: what to do, why it may not be done yet, the answer, and what came before. */

import { useState } from "preact/hooks";
import { useHandheld } from "../../app/live";
import { goInstead } from "../../app/route";
import type { Run, Step } from "../../engine/evaluate";
import { markRead } from "../../queue/outgoing";
import { problemText } from "../../words/problems";
import { inLanguage, words } from "../../words/words";
import { attemptsAt, isDoubtful, refusedAct } from "../../work/attempts";
import type { JobAtHand } from "../../work/jobs";
import {
  isAtWork,
  neighbours,
  obstacles,
  progressOf,
  type StepSeen,
  seen,
  suggested,
} from "../../work/steps";
import { AlarmButton } from "../acts/alarmButton";
import type { OrderScreenProps } from "../order/order";
import { Attempts } from "./attempts";
import "./checklist.css";
import { InstrumentPicture } from "./instrument";
import { backToList, turnTo, useTurning } from "./navigation";
import { Awaiting, Obstacles } from "./obstacles";
import { provenanceWords, titleOf } from "./sentences";
import { SignMark } from "./signMark";
import { signOfStep } from "./standings";
import { StepForm } from "./stepForm";
import { StepPhotos } from "./stepPhotos";

const say = words({
  zh: {
    unknown: "这张检查单里没有这个步骤。",
    list: (done: number, total: number) => `清单 ${done}/${total}`,
    previous: "上一步",
    next: "下一步",
    turning: "翻到其他步骤",
    limits: (whose: string) => `限值:${whose}`,
    rule: (rule: string) => `规则 ${rule}`,
    optional: "选做",
    notAtWork: "工单现在的状态不能记录步骤。",
    signoff: "客户试用满意后在验收时签名,这里不用登记。",
    order: "回到工单",
    returned: (why: string) => `质检退回:${why}`,
    refused: "服务器没有接受:",
    known: "知道了",
    doubtful: "本机判断不了这次回答,等服务器答复。",
    again: "重新记录",
    onward: (step: string) => `下一步 ${step} ›`,
    finish: "回到工单 ›",
  },
  en: {
    unknown: "This checklist has no such step.",
    list: (done: number, total: number) => `List ${done}/${total}`,
    previous: "Previous step",
    next: "Next step",
    turning: "Turn to other steps",
    limits: (whose: string) => `Limits: ${whose}`,
    rule: (rule: string) => `Rule ${rule}`,
    optional: "Optional",
    notAtWork: "No step can be recorded while the order is in this state.",
    signoff: "The customer signs on acceptance after trying it; nothing is recorded here.",
    order: "Back to the order",
    returned: (why: string) => `QA sent it back: ${why}`,
    refused: "The server did not accept it:",
    known: "Understood",
    doubtful: "This answer cannot be judged here; the server will say.",
    again: "Record again",
    onward: (step: string) => `Next: ${step} ›`,
    finish: "Back to the order ›",
  },
});

export function StepScreen({ found, rest }: OrderScreenProps) {
  const { run } = found.job;
  const step = run?.find(rest[0] ?? "");
  if (run === null || step === undefined) return <p class="empty">{say().unknown}</p>;
  // A new step, or a new attempt, begins with an empty form.
  const attempt = run.last(step.id)?.attempt ?? 0;
  return <OneStep key={`${step.id}#${attempt}`} found={found} run={run} step={step} />;
}

interface Props {
  found: JobAtHand;
  run: Run;
  step: Step;
}

function OneStep({ found, run, step }: Props) {
  const { job } = found;
  const { previous, next } = neighbours(job, step.id);
  const { done, total } = progressOf(job);
  const stands = seen(job, run, step);
  const turns = {
    previous: () => previous !== null && turnTo(job.number, previous),
    next: () => next !== null && turnTo(job.number, next),
    list: () => backToList(job.number),
  };
  const ref = useTurning(turns);
  const { sign, look, word } = signOfStep(stands);
  return (
    <article class="step" ref={ref} data-step={step.id} data-standing={stands.standing}>
      <nav class="step-turn" aria-label={say().turning}>
        <button
          type="button"
          aria-label={say().previous}
          disabled={previous === null}
          onClick={turns.previous}
        >
          ‹
        </button>
        <button type="button" class="step-list" onClick={turns.list}>
          ☰ {say().list(done, total)}
        </button>
        <AlarmButton job={found.job} isSmall />
        <button type="button" aria-label={say().next} disabled={next === null} onClick={turns.next}>
          ›
        </button>
      </nav>
      <header class="step-head">
        <p class="step-where">
          <b>{step.id}</b> {titleOf(run.ownerOf(step))}{" "}
          <span class={`step-sign look-${look}`}>
            <SignMark sign={sign} /> {word}
          </span>
        </p>
        <div class="step-title">
          <h1>{inLanguage(step.text)}</h1>
          <InstrumentPicture step={step} />
        </div>
      </header>
      {stands.returned !== null && <p class="strip soon">{say().returned(stands.returned)}</p>}
      <ServersNo found={found} step={step} />
      <Work found={found} run={run} step={step} stands={stands} />
    </article>
  );
}

/** Whose step it is, and whose figures. */
function Source({ step }: { step: Step }) {
  const { limits, provenance, source } = step;
  const isOther = limits?.provenance !== undefined && limits.provenance !== provenance;
  return (
    <p class="step-source">
      {[
        provenanceWords(step),
        isOther && say().limits(provenanceWords({ provenance: limits.provenance!, source })),
        step.rule && say().rule(step.rule),
        step.optional && say().optional,
      ]
        .filter(Boolean)
        .join(" · ")}
    </p>
  );
}

/** What the server refused of this step stands here until it was read. */
function ServersNo({ found, step }: Omit<Props, "run">) {
  const { database, changes } = useHandheld();
  const act = refusedAct(found.job, step.id);
  if (act === null) return null;
  return (
    <div class="strip late" role="alert">
      <b>{say().refused}</b> {problemText(act.problem)}
      {act.unread && (
        <button
          type="button"
          onClick={() => void markRead(database, act.place).then(() => changes.announce("acts"))}
        >
          {say().known}
        </button>
      )}
    </div>
  );
}

const UNSETTLED: ReadonlySet<string> = new Set(["open", "again", "incomplete"]);

function Work({ found, run, step, stands }: Props & { stands: StepSeen }) {
  const { job } = found;
  const [isAgain, setAgain] = useState(false);
  const past = (
    <>
      <Source step={step} />
      <Attempts step={step} attempts={attemptsAt(job, step.id)} />
    </>
  );
  if (step.kind === "signoff") return <Dead text={say().signoff} number={job.number} />;
  if (isDoubtful(job, step.id)) return <Dead text={say().doubtful} number={job.number} />;

  const isBare = stands.standing === "fail" && (step.on_fail?.do ?? []).length === 0;
  const isOpen = UNSETTLED.has(stands.standing) || isBare || stands.returned !== null || isAgain;
  const isBlocked = stands.standing === "locked" || stands.standing === "waiting";
  if ((isOpen || isBlocked) && !isAtWork(job, step.id)) {
    return (
      <>
        {past}
        <Dead text={say().notAtWork} number={job.number} />
      </>
    );
  }
  if (isOpen || isBlocked) {
    const why = obstacles(job, step);
    if (why.length === 0) {
      return (
        <StepForm found={found} run={run} step={step}>
          {past}
        </StepForm>
      );
    }
    return (
      <Obstacles found={found} run={run} step={step} isLocked={stands.lockers.length > 0}>
        {past}
      </Obstacles>
    );
  }
  if (stands.awaits.length > 0 && stands.last === undefined) {
    return (
      <Awaiting number={job.number} keys={stands.awaits}>
        {past}
      </Awaiting>
    );
  }
  const isNeeded = stands.standing !== "not-applicable";
  return (
    <>
      {past}
      {(isNeeded || stands.last !== undefined) && (
        <StepPhotos found={found} step={step} isOpen={false} />
      )}
      {isAtWork(job, step.id) && isNeeded && (
        <button type="button" class="step-again" onClick={() => setAgain(true)}>
          ↻ {say().again}
        </button>
      )}
      <Onward found={found} step={step} />
    </>
  );
}

/** Recorded: on to what comes next. */
function Onward({ found, step }: Omit<Props, "run">) {
  const { job } = found;
  const id = suggested(job);
  const isElsewhere = id !== null && id !== step.id;
  return (
    <div class="step-foot">
      <button
        type="button"
        class="primary"
        onClick={() => (isElsewhere ? turnTo(job.number, id) : goInstead("order", job.number))}
      >
        {isElsewhere ? say().onward(id) : say().finish}
      </button>
    </div>
  );
}

function Dead({ text, number }: { text: string; number: string }) {
  return (
    <>
      <p class="strip">{text}</p>
      <div class="step-foot">
        <button type="button" class="primary" onClick={() => goInstead("order", number)}>
          {say().order}
        </button>
      </div>
    </>
  );
}
