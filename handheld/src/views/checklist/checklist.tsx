/** The checklist at a glance: how far, what is next, what each step is worth and what unlocks it. */

import { goInstead, href } from "../../app/route";
import type { Step } from "../../engine/evaluate";
import { inLanguage, words } from "../../words/words";
import type { Job } from "../../work/job";
import {
  groupsOf,
  isReturnedOnly,
  progressOf,
  type StepGroup,
  type StepSeen,
  suggested,
} from "../../work/steps";
import { AlarmButton } from "../acts/alarmButton";
import type { OrderScreenProps } from "../order/order";
import { Icon } from "../parts/icon";
import { tagWords } from "../photos/tags";
import "./checklist.css";
import { useEffect, useRef } from "preact/hooks";
import { listIsShown, openFromList } from "./navigation";
import { answerWords, listed, missingWords, titleOf } from "./sentences";
import { SignMark } from "./signMark";
import { signOfStep } from "./standings";

const say = words({
  zh: {
    none: "这张工单没有检查单。",
    notHere: "检查单还没有下载到本机,联网后自动取得。",
    progress: (done: number, total: number) => `${done}/${total} 步`,
    emergency: "应急",
    child: "子检查单",
    attempts: (count: number) => `第 ${count} 次`,
    returned: (why: string) => `质检退回:${why}`,
    photos: (tags: string) => `缺照片:${tags}`,
    locked: "先做",
    next: "下一步",
    idle: (count: number) => `${count} 步按目前结果不需要`,
    missing: (count: number) => `还差 ${count} 项`,
    complete: "✓ 已全部完成,回到工单 ›",
    order: "回到工单 ›",
    pick: "把返工的那一步重新记录一次,再请客户试用。",
    only: "只需重做质检退回的步骤,其他不用动。",
    signoff: "客户验收时签名",
  },
  en: {
    none: "This order has no checklist.",
    notHere: "The checklist has not been downloaded yet; it comes with the network.",
    progress: (done: number, total: number) => `${done} of ${total} steps`,
    emergency: "Emergency",
    child: "Opened checklist",
    attempts: (count: number) => `Attempt ${count}`,
    returned: (why: string) => `QA: ${why}`,
    photos: (tags: string) => `Lacks photo: ${tags}`,
    locked: "First",
    next: "Next",
    idle: (count: number) => `${count} steps not needed so far`,
    missing: (count: number) => `${count} still missing`,
    complete: "✓ Complete, to the order ›",
    order: "Back to the order ›",
    pick: "Record the step that you did anew, then the customer tries again.",
    only: "Redo only the steps that QA sent back; leave the others.",
    signoff: "Signed on acceptance",
  },
});

export function ChecklistScreen({ found }: OrderScreenProps) {
  const { job } = found;
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    listIsShown();
    list.current?.querySelector(".is-next")?.scrollIntoView({ block: "center" });
  }, []);
  if (job.run === null) {
    return <p class="empty">{found.templateIsMissing ? say().notHere : say().none}</p>;
  }
  const onlyReturned = isReturnedOnly(job);
  const groups = groupsOf(job);
  const { done, total } = progressOf(job);
  const next = suggested(job);
  const nextStep = next === null ? undefined : job.run.find(next);
  const isRework = job.state === "rework" && !job.redone && next === null;
  return (
    <article class="checklist" ref={list}>
      <header class="checklist-head">
        <h1>{titleOf(job.run.template)}</h1>
        <AlarmButton job={job} isSmall />
        {!onlyReturned && (
          <p class="progress">
            <progress
              value={done}
              max={Math.max(total, 1)}
              aria-label={say().progress(done, total)}
            />
            <b>
              {done}/{total}
            </b>
          </p>
        )}
      </header>
      {onlyReturned && <p class="strip soon">{say().only}</p>}
      {isRework && <p class="strip soon">{say().pick}</p>}
      {groups.map((group) => (
        <Group key={group.template.code} group={group} job={job} next={next} only={onlyReturned} />
      ))}
      {!onlyReturned && <Missing job={job} />}
      <div class="step-foot">
        {nextStep === undefined || isRework ? (
          <button type="button" class="primary" onClick={() => goInstead("order", job.number)}>
            {job.missing.length === 0 && !isRework ? say().complete : say().order}
          </button>
        ) : (
          <button
            type="button"
            class="primary step-next"
            onClick={() => openFromList(job.number, nextStep.id)}
          >
            <span>
              {say().next} · {nextStep.id}
            </span>
            <small>{inLanguage(nextStep.text)}</small>
          </button>
        )}
      </div>
    </article>
  );
}

interface GroupProps {
  group: StepGroup;
  job: Job;
  next: string | null;
  only: boolean;
}

function Group({ group, job, next, only }: GroupProps) {
  const steps = only ? group.steps.filter((one) => one.returned !== null) : group.steps;
  if (steps.length === 0) return null;
  return (
    <section class={`step-group step-group-${group.role}`}>
      {group.role !== "own" && (
        <h2 class="label">
          {group.role === "emergency" ? say().emergency : say().child}: {titleOf(group.template)}
        </h2>
      )}
      <ol>
        {steps.map((one) => (
          <Row key={one.step.id} one={one} number={job.number} isNext={one.step.id === next} />
        ))}
      </ol>
      {!only && group.idle.length > 0 && (
        <details class="idle">
          <summary>{say().idle(group.idle.length)}</summary>
          <ol>
            {group.idle.map((step) => (
              <li key={step.id}>
                {step.id} {inLanguage(step.text)}
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

function Row({ one, number, isNext }: { one: StepSeen; number: string; isNext: boolean }) {
  const { step, standing, last, attempts, returned, photosOwed, lockers } = one;
  const { sign, look, word } = signOfStep(one);
  return (
    <li
      class={`row look-${look}${isNext ? " is-next" : ""}`}
      data-step={step.id}
      data-standing={standing}
    >
      <a
        href={href("order", number, "step", step.id)}
        aria-current={isNext ? "step" : undefined}
        onClick={(event) => {
          event.preventDefault();
          openFromList(number, step.id);
        }}
      >
        <span class="row-sign">
          <SignMark sign={sign} />
        </span>
        <span class="row-text">
          <small>
            {step.id} · {word}
            {attempts > 1 && ` · ${say().attempts(attempts)}`}
          </small>
          <span class="row-title">{inLanguage(step.text)}</span>
          {last !== undefined && <b class="row-answer">{answerWords(step, last)}</b>}
          {step.kind === "signoff" && <small>{say().signoff}</small>}
          {photosOwed.length > 0 && (
            <span class="mark soon">
              <Icon of="camera" /> {say().photos(listed(photosOwed.map(tagWords)))}
            </span>
          )}
          {returned !== null && <span class="row-returned">{say().returned(returned)}</span>}
        </span>
      </a>
      {lockers.length > 0 && <Lockers lockers={lockers} number={number} />}
    </li>
  );
}

function Lockers({ lockers, number }: { lockers: readonly Step[]; number: string }) {
  return (
    <p class="row-locked">
      {say().locked}
      {lockers.map((locker) => (
        <button type="button" key={locker.id} onClick={() => openFromList(number, locker.id)}>
          {locker.id} {inLanguage(locker.text)}
        </button>
      ))}
    </p>
  );
}

/** Everything between here and "finished", in words. */
function Missing({ job }: { job: Job }) {
  if (job.missing.length === 0) return null;
  return (
    <details class="missing">
      <summary>{say().missing(job.missing.length)}</summary>
      <ul>
        {job.missing.map((one) => (
          <li key={`${one.step} ${one.code} ${one.tag}`}>
            <button type="button" onClick={() => openFromList(job.number, one.step)}>
              {missingWords(one)}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
