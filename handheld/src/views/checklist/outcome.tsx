/** What an answer is worth while it is typed, why it is impossible, and what would follow. */

import { useHandheld } from "../../app/live";
import type { Run, Step } from "../../engine/evaluate";
import { suspensionWords } from "../../words/trade";
import { inLanguage, words } from "../../words/words";
import type { Entry, Weighed } from "../../work/entry";
import { asMpa } from "../../work/figures";
import { follows } from "../../work/steps";
import { Words } from "../parts/words";
import { bandWords } from "./bands";
import { reasonsFor } from "./reasons";
import { reasonWords } from "./sentences";
import { isJudged, signOfStatus } from "./standings";

const say = words({
  zh: {
    next: "→ ",
    again: "↻ 从头重做:",
    hazard: "有险情!记录后先离开,到安全处再操作。",
    suspend: (reason: string) => `记录后工单暂停:${reason}`,
    notTaken: "不能这样记录",
    why: "为什么?",
    ownWords: "或用自己的话",
    deviates: "要偏离规定,须客服主管同意",
    leave: "主管已同意",
    call: "打电话问调度台",
  },
  en: {
    next: "→ ",
    again: "↻ Again from ",
    hazard: "Danger! Record it, leave, and go on from a safe place.",
    suspend: (reason: string) => `The order will be suspended: ${reason}`,
    notTaken: "Cannot be recorded so",
    why: "Why?",
    ownWords: "Or in your own words",
    deviates: "To deviate needs the supervisor's leave",
    leave: "The supervisor agreed",
    call: "Call the desk",
  },
});

interface Props {
  run: Run;
  step: Step;
  entry: Entry;
  weighed: Weighed;
  change(entry: Partial<Entry>): void;
}

/** One strip: the verdict with its name, or the refusal with a hint. Empty while half typed. */
export function Outcome({ run, step, weighed }: Pick<Props, "run" | "step" | "weighed">) {
  const { verdict, wrong } = weighed;
  if (verdict === null && wrong.length === 0) return null;
  if (verdict?.status === "pass" && !isJudged(step)) return null;
  const status = verdict?.status ?? "refused";
  const found = signOfStatus(status, step);
  const { sign, look } = found;
  const word = status === "refused" && step.kind !== "reading" ? say().notTaken : found.word;
  const name = bandWords(verdict?.band ?? null, status, step);
  return (
    <div
      class={`outcome look-${look}`}
      role={verdict === null ? "alert" : "status"}
      data-status={status}
    >
      <p>
        <b aria-hidden="true">{sign}</b> <b>{word}</b>
        {verdict !== null && name !== word && ` · ${name}`}
      </p>
      {wrong.map((one) => (
        <p key={one.code}>{reasonWords(step, one)}</p>
      ))}
      {verdict !== null && <Follows run={run} step={step} status={verdict.status} />}
    </div>
  );
}

/** A figure that cannot be MPa, read as the other units: one touch puts it right. */
export function OtherUnits({ step, entry, weighed, change }: Omit<Props, "run">) {
  const isUnit = weighed.wrong.some((one) => one.code === "unit-suspected");
  if (!isUnit || step.unit !== "MPa") return null;
  return (
    <p class="other-units">
      {asMpa(entry.value).map(({ unit, mpa }) => (
        <button type="button" key={unit} onClick={() => change({ value: mpa })}>
          <small>
            {entry.value} {unit}
          </small>
          <b>{mpa} MPa</b>
        </button>
      ))}
    </p>
  );
}

function Follows({ run, step, status }: { run: Run; step: Step; status: string }) {
  const { hazard, suspend, remedies, backTo } = follows(run, step, status);
  if (hazard) return <p class="follows-hazard">{say().hazard}</p>;
  if (suspend !== null) {
    const reasons: Record<string, string> = suspensionWords();
    return <p>{say().suspend(reasons[suspend] ?? suspend)}</p>;
  }
  return (
    <>
      {remedies.length > 0 && (
        <p class="follows">
          {say().next}
          {remedies.map((one) => `${one.id} ${inLanguage(one.text)}`).join(" · ")}
        </p>
      )}
      {backTo.slice(0, 1).map((one) => (
        <p key={one.id} class="follows">
          {say().again}
          {one.id} {inLanguage(one.text)}
        </p>
      ))}
    </>
  );
}

/** Why a warning, or a deviation that the supervisor allowed: from a list or in own words. */
export function ReasonChoice({ step, entry, weighed, change }: Omit<Props, "run">) {
  const { settings } = useHandheld();
  const wants = weighed.lacking.includes("reason") || weighed.answer.reason !== null;
  const phone = settings.value?.dispatch_phone;
  return (
    <>
      {weighed.mayDeviate && (
        <section class="deviation">
          <p>{say().deviates}</p>
          <button
            type="button"
            aria-pressed={entry.allowed}
            onClick={() => change({ allowed: !entry.allowed })}
          >
            {entry.allowed ? "☑" : "☐"} {say().leave}
          </button>
          {phone && (
            <a class="button" href={`tel:${phone}`}>
              {say().call}
            </a>
          )}
        </section>
      )}
      {wants && (
        <fieldset class="reasons">
          <legend>{say().why}</legend>
          <div class="options">
            {reasonsFor(step, weighed.mayDeviate ? null : weighed.verdict).map((reason) => (
              <button
                type="button"
                key={reason}
                aria-pressed={entry.reason === reason}
                onClick={() => change({ reason: entry.reason === reason ? "" : reason })}
              >
                {reason}
              </button>
            ))}
          </div>
          <Words
            label={say().ownWords}
            name="reason"
            lines="one"
            longest={500}
            value={entry.reason}
            onChange={(reason) => change({ reason })}
          />
        </fieldset>
      )}
    </>
  );
}
