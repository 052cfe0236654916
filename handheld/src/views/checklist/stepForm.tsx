/** The answer to one step: entered by its kind, judged with every touch, recorded with one. */

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Run, Step } from "../../engine/evaluate";
import { inLanguage, words } from "../../words/words";
import { BLANK, type Entry, weighEntry } from "../../work/entry";
import type { JobAtHand } from "../../work/jobs";
import { scaleOf } from "../../work/scale";
import { follows } from "../../work/steps";
import { useDraft } from "../parts/draft";
import { Choices, Note, Specifications, YesNo } from "./answers";
import { LimitBand } from "./band";
import { OtherUnits, Outcome, ReasonChoice } from "./outcome";
import { NumberPad } from "./pad";
import { FiguresOnPad, figuresOf, Quantities, typedIn, VALUE, withTyped } from "./quantities";
import { useStepRecording } from "./recordStep";
import { StepPhotos } from "./stepPhotos";

const say = words({
  zh: {
    record: "记录",
    recordHazard: "记录,有险情",
    giveReason: "选择原因 ›",
    change: "改答案",
    photoLater: "先记录,照片后补",
    lacking: (what: string) => `还缺:${what}`,
    value: "读数",
    choice: "选项",
    spec: "新旧规格",
    text: "说明",
    reason: "原因",
    answer: "回答",
  },
  en: {
    record: "Record",
    recordHazard: "Record the danger",
    giveReason: "Choose a reason ›",
    change: "Change",
    photoLater: "Record now, photo later",
    lacking: (what: string) => `Still to fill in: ${what}`,
    value: "the reading",
    choice: "a choice",
    spec: "both specifications",
    text: "a description",
    reason: "a reason",
    answer: "an answer",
  },
});

/** Where in the form what is lacking is filled in. */
const PLACES: readonly (readonly [what: string, place: string])[] = [
  ["spec", ".specs"],
  ["reason", ".reasons"],
  ["text", ".choices .words"],
  ["choice", ".choices"],
];

interface Props {
  found: JobAtHand;
  run: Run;
  step: Step;
  /** What was recorded before, above the buttons. */
  children: ComponentChildren;
}

export function StepForm({ found, run, step, children }: Props) {
  const { job } = found;
  const draft = useDraft<Entry>(job.number, `step/${step.id}`, BLANK);
  const entry = { ...BLANK, ...draft.value };
  const change = (typed: Partial<Entry>) => draft.change({ ...entry, ...typed });
  const { recordStep, busy } = useStepRecording(found, run, step, draft.key);
  const form = useRef<HTMLFormElement>(null);
  const [isAsked, setAsked] = useState(false);
  const figures = figuresOf(step);
  const [active, activate] = useState(figures.find((one) => one.required)?.name ?? null);
  const kept = found.photos.filter((one) => one.step === step.id && one.state === "kept");

  const weigh = (given: Entry) =>
    weighEntry(
      run,
      job.context,
      step,
      given,
      kept.map(({ sha256, tag }) => ({ sha256, tag })),
    );
  const weighed = weigh(entry);
  const scale = scaleOf(run, step, job.context, weighed.answer.answer);
  const figure = figures.find((one) => one.name === active);
  const isHazard = follows(run, step, weighed.verdict?.status ?? "").hazard;

  function submit(given: Entry = entry): void {
    const judged = weigh(given);
    if (judged.verdict === null || judged.lacking.length > 0) {
      setAsked(true);
      draft.change(given);
      showLacking(judged.lacking);
      return;
    }
    void recordStep(judged);
  }

  /** The pad makes room for what is lacking, unless that is a figure itself. */
  function showLacking(lacking: readonly string[]): void {
    const next = figures.find((one) => lacking.includes(one.name));
    activate(next?.name ?? null);
    if (next !== undefined) return;
    requestAnimationFrame(() => {
      const place =
        PLACES.find(([what]) => lacking.includes(what))?.[1] ?? ".deviation, .option-row";
      form.current?.querySelector(place)?.scrollIntoView({ block: "center" });
    });
  }

  /** Yes or no is one touch, unless it wants words or has consequences to be read first. */
  function answer(yes: boolean): void {
    const given = { ...entry, yes };
    const { verdict } = weigh(given);
    const { hazard, suspend } = follows(run, step, verdict?.status ?? "");
    if (hazard || suspend !== null) draft.change(given);
    else submit(given);
  }

  if (!draft.isRead) return null;
  const quantities = { step, entry, active, activate, change };
  const isYesNo = step.kind === "check" || step.kind === "safety" || step.kind === "action";
  // A picture without a picture: possible, as it may follow, but not what is wanted.
  const isBare = step.kind === "photo" && kept.length === 0;
  const recordLabel = () => {
    if (isBare) return say().photoLater;
    if (isHazard) return say().recordHazard;
    return weighed.lacking.includes("reason") ? say().giveReason : say().record;
  };
  const isOpenQuestion = isYesNo && entry.yes === null;
  return (
    <form
      ref={form}
      class="step-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {scale !== null && <LimitBand scale={scale} unit={step.unit} value={entry.value} />}
      <Quantities {...quantities} />
      {step.kind === "choice" && <Choices step={step} entry={entry} change={change} />}
      {step.limits?.same_spec && <Specifications entry={entry} change={change} />}
      <ReasonChoice step={step} entry={entry} weighed={weighed} change={change} />
      <StepPhotos found={found} step={step} isOpen />
      <Note step={step} entry={entry} change={change} />
      {children}
      <div class="step-foot">
        {!isOpenQuestion && <Outcome run={run} step={step} weighed={weighed} />}
        {isAsked && weighed.lacking.length > 0 && (
          <p class="wrong" role="alert">
            {say().lacking(weighed.lacking.map((what) => lackingWords(step, what)).join(" · "))}
          </p>
        )}
        <FiguresOnPad {...quantities} />
        {figure !== undefined && (
          <NumberPad
            value={typedIn(entry, figure.name)}
            whole={figure.whole}
            signed={figure.signed}
            onChange={(typed) => change(withTyped(entry, figure.name, typed))}
          />
        )}
        <OtherUnits step={step} entry={entry} weighed={weighed} change={change} />
        {isOpenQuestion ? (
          <YesNo run={run} step={step} busy={busy} answer={answer} />
        ) : (
          <div class="step-record">
            {isYesNo && (
              <button type="button" onClick={() => change({ yes: null, allowed: false })}>
                {say().change}
              </button>
            )}
            {weighed.wrong.length === 0 && (
              <button
                type="submit"
                class={isBare ? "photo-later" : isHazard ? "primary danger" : "primary"}
                disabled={busy}
              >
                {recordLabel()}
              </button>
            )}
          </div>
        )}
      </div>
    </form>
  );
}

function lackingWords(step: Step, what: string): string {
  const field = step.fields?.find((one) => one.name === what);
  if (field !== undefined) return inLanguage(field.text);
  const known = ["choice", "spec", "text", "reason", "answer", VALUE] as const;
  const name = known.find((one) => one === what);
  return name === undefined ? what : say()[name];
}
