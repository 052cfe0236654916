/** The answers that are no figures: yes and no, choices, specifications, words. */

import type { Run, Step } from "../../engine/evaluate";
import { inLanguage, words } from "../../words/words";
import type { Entry } from "../../work/entry";
import { follows } from "../../work/steps";
import { Words } from "../parts/words";
import { yesNoWords } from "./sentences";

const say = words({
  zh: {
    oldSpec: "旧件规格",
    newSpec: "新件规格",
    note: "备注",
    describe: "请写明",
    choose: "请选择",
    chooseSome: "可选多项",
  },
  en: {
    oldSpec: "Specification of the old part",
    newSpec: "Specification of the new part",
    note: "Note",
    describe: "Describe it",
    choose: "Choose one",
    chooseSome: "Choose one or more",
  },
});

/** Two targets that a glove cannot miss; the one to the right is what one hopes for. */
export function YesNo({
  run,
  step,
  busy,
  answer,
}: {
  run: Run;
  step: Step;
  busy: boolean;
  answer(yes: boolean): void;
}) {
  const kind = step.kind as "check" | "safety" | "action";
  const { hazard, remedies } = follows(run, step, "fail");
  const remedy = remedies[0];
  return (
    <div class={`yes-no yes-no-${kind}`}>
      <button
        type="button"
        class={hazard ? "no danger" : "no"}
        disabled={busy}
        onClick={() => answer(false)}
      >
        <span>✗ {yesNoWords(kind, false)}</span>
        {remedy !== undefined && <small>→ {remedy.id}</small>}
      </button>
      <button type="button" class="yes" disabled={busy} onClick={() => answer(true)}>
        <span>✓ {yesNoWords(kind, true)}</span>
      </button>
    </div>
  );
}

interface PartProps {
  step: Step;
  entry: Entry;
  change(entry: Partial<Entry>): void;
}

export function Choices({ step, entry, change }: PartProps) {
  const { choices = [], multiple = false } = step;
  const needsText = choices.some((one) => one.text_required && entry.choices.includes(one.id));
  const toggle = (id: string) => {
    if (!multiple) change({ choices: [id] });
    else if (entry.choices.includes(id)) {
      change({ choices: entry.choices.filter((one) => one !== id) });
    } else {
      change({
        choices: choices
          .map((one) => one.id)
          .filter((one) => one === id || entry.choices.includes(one)),
      });
    }
  };
  return (
    <fieldset class="choices">
      <legend>{multiple ? say().chooseSome : say().choose}</legend>
      {choices.map((one) => (
        <label key={one.id} class={`choice${entry.choices.includes(one.id) ? " is-chosen" : ""}`}>
          <input
            type={multiple ? "checkbox" : "radio"}
            name={step.id}
            value={one.id}
            checked={entry.choices.includes(one.id)}
            onChange={() => toggle(one.id)}
          />
          <span>{inLanguage(one.text)}</span>
        </label>
      ))}
      {needsText && (
        <Words
          label={say().describe}
          name="text"
          required
          longest={2000}
          value={entry.text}
          onChange={(text) => change({ text })}
        />
      )}
    </fieldset>
  );
}

export function Specifications({ entry, change }: Omit<PartProps, "step">) {
  return (
    <div class="specs">
      <Words
        label={say().oldSpec}
        name="old_spec"
        lines="one"
        longest={200}
        value={entry.oldSpec}
        onChange={(oldSpec) => change({ oldSpec })}
      />
      <Words
        label={say().newSpec}
        name="new_spec"
        lines="one"
        longest={200}
        value={entry.newSpec}
        onChange={(newSpec) => change({ newSpec })}
      />
    </div>
  );
}

/** Further words, folded away; where a choice asks for words they stand beside it instead. */
export function Note({ step, entry, change }: PartProps) {
  if (step.choices?.some((one) => one.text_required)) return null;
  return (
    <details class="note" open={entry.text !== ""}>
      <summary>{say().note}</summary>
      <Words
        label={say().note}
        name="text"
        longest={2000}
        value={entry.text}
        onChange={(text) => change({ text })}
      />
    </details>
  );
}
