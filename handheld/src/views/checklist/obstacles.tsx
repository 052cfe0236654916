/** Why a step cannot be recorded yet, and the way to what comes first. */

import type { ComponentChildren } from "preact";
import { go } from "../../app/route";
import type { Reason, Run, Step } from "../../engine/evaluate";
import { listed } from "../../words/format";
import { inLanguage, words } from "../../words/words";
import type { JobAtHand } from "../../work/jobs";
import { obstacles, stepsNamed } from "../../work/steps";
import { turnTo } from "./navigation";
import { reasonWords } from "./sentences";
import { SignMark } from "./signMark";
import { LOCK } from "./standings";

const say = words({
  zh: {
    locked: "先解锁",
    waiting: "还不能做",
    awaits: (steps: string) => `要不要做,先看 ${steps} 的结果。`,
    goTo: (step: string) => `去做 ${step} ›`,
    price: "客户确认价格 ›",
  },
  en: {
    locked: "Unlock it first",
    waiting: "Not yet",
    awaits: (steps: string) => `Whether it is needed depends on ${steps}.`,
    goTo: (step: string) => `Go to ${step} ›`,
    price: "Customer confirms the price ›",
  },
});

interface Props {
  found: JobAtHand;
  run: Run;
  step: Step;
  isLocked: boolean;
  children: ComponentChildren;
}

/** Why not yet, and the way to what unlocks it. */
export function Obstacles({ found, run, step, isLocked, children }: Props) {
  const { job } = found;
  const why = toldOnce(run, obstacles(job, step));
  const priceIsOpen = why.some((one) => one.code === "price-not-confirmed");
  const keys = [...new Set(why.flatMap((one) => stepsNamed(run, one)))];
  return (
    <>
      <section class="obstacles">
        <h2>
          <SignMark sign={isLocked ? LOCK : "…"} /> {isLocked ? say().locked : say().waiting}
        </h2>
        <ul>
          {why.map((one) => (
            <li key={one.code + one.en}>
              {reasonWords(step, one)}
              {stepsNamed(run, one).map((key) => (
                <p key={key.id} class="soft">
                  {key.id} {inLanguage(key.text)}
                </p>
              ))}
            </li>
          ))}
        </ul>
      </section>
      {children}
      <div class="step-foot">
        <Keys number={job.number} keys={keys} />
        {priceIsOpen && keys.length === 0 && (
          <button
            type="button"
            class="primary"
            onClick={() => go("order", job.number, job.state === "quoted" ? "confirm" : "quote")}
          >
            {say().price}
          </button>
        )}
      </div>
    </>
  );
}

/** Not needed so far, which the result of another step may change. */
export function Awaiting({
  number,
  keys,
  children,
}: {
  number: string;
  keys: readonly Step[];
  children: ComponentChildren;
}) {
  return (
    <>
      <section class="obstacles">
        <h2>
          <SignMark sign="…" /> {say().waiting}
        </h2>
        <p>{say().awaits(listed(keys.map((key) => key.id)))}</p>
        {keys.map((key) => (
          <p key={key.id} class="soft">
            {key.id} {inLanguage(key.text)}
          </p>
        ))}
      </section>
      {children}
      <div class="step-foot">
        <Keys number={number} keys={keys} />
      </div>
    </>
  );
}

/** The way to the steps that come first. */
function Keys({ number, keys }: { number: string; keys: readonly Step[] }) {
  return (
    <>
      {keys.map((key) => (
        <button type="button" class="primary" key={key.id} onClick={() => turnTo(number, key.id)}>
          {say().goTo(key.id)}
        </button>
      ))}
    </>
  );
}

/** A step that locks also comes earlier: that need not be said twice. */
function toldOnce(run: Run, reasons: readonly Reason[]): Reason[] {
  const told = new Set<Step>();
  return reasons.filter((one) => {
    const named = stepsNamed(run, one);
    const isNew = named.length === 0 || named.some((step) => !told.has(step));
    for (const step of named) told.add(step);
    return isNew;
  });
}
