/** The figures of a step: the value and further quantities, one of them under the pad. */

import { useEffect, useRef } from "preact/hooks";
import type { Step } from "../../engine/evaluate";
import type { Field } from "../../engine/template";
import { inLanguage, words } from "../../words/words";
import type { Entry } from "../../work/entry";
import { tidy } from "../../work/figures";
import { optionWords } from "./sentences";
import { unitsToChoose, unitWords } from "./units";

const say = words({
  zh: { value: "读数", unit: "单位", more: (count: number) => `选填 ${count} 项` },
  en: { value: "Reading", unit: "Unit", more: (count: number) => `${count} optional figures` },
});

/** So many figures stand on the pad itself; more optional ones than that are folded away. */
const MOST_ON_PAD = 2;

export const VALUE = "value";

/** A figure that the pad can write: its name, and what it may be. */
export interface Figure {
  name: string;
  label: string;
  unit: string | undefined;
  whole: boolean;
  signed: boolean;
  required: boolean;
}

/** What is typed on the pad for a step, the value first. */
export function figuresOf(step: Step): Figure[] {
  const figures: Figure[] = [];
  // Where the value may be left out, its quantities are what is asked for (AC-02).
  if (step.kind === "reading" && step.limits?.value !== "optional") {
    const guards = step.limits?.guards ?? [];
    const isNeverNegative = guards.some((guard) =>
      guard.if.some((test) => (test.of ?? VALUE) === VALUE && test.lt === "0"),
    );
    figures.push({
      name: VALUE,
      label: say().value,
      unit: step.unit,
      whole: step.limits?.number === "integer",
      signed: !isNeverNegative,
      required: true,
    });
  }
  for (const field of step.fields ?? []) {
    if (field.options === undefined) figures.push(figureOf(field));
  }
  return figures;
}

function figureOf(field: Field): Figure {
  return {
    name: field.name,
    label: inLanguage(field.text),
    unit: field.unit,
    whole: field.number === "integer",
    signed: field.min !== undefined && Number(field.min) < 0,
    required: field.required === true,
  };
}

export function typedIn(entry: Entry, name: string): string {
  return name === VALUE ? entry.value : (entry.fields[name] ?? "");
}

export function withTyped(entry: Entry, name: string, text: string): Partial<Entry> {
  return name === VALUE ? { value: text } : { fields: { ...entry.fields, [name]: text } };
}

interface Props {
  step: Step;
  entry: Entry;
  /** The figure under the pad. */
  active: string | null;
  activate(name: string): void;
  change(entry: Partial<Entry>): void;
}

/** The figures above the keys, what must be entered first; the others stand in the form. */
function onPad(step: Step): Figure[] {
  const figures = figuresOf(step);
  const optional = figures.filter((figure) => !figure.required);
  const first = optional.length > MOST_ON_PAD ? figures.filter((one) => one.required) : figures;
  return first.slice(0, MOST_ON_PAD);
}

export function FiguresOnPad(props: Props) {
  const figures = onPad(props.step);
  if (figures.length === 0) return null;
  return (
    <div class="on-pad">
      {figures.map((figure) => (
        <FigureRow key={figure.name} figure={figure} {...props} />
      ))}
    </div>
  );
}

/** What does not fit on the pad: choices of a word, and further figures. */
export function Quantities(props: Props) {
  const { step, entry, change } = props;
  const first = onPad(step);
  const more = figuresOf(step).filter((one) => !first.some(({ name }) => name === one.name));
  const options = (step.fields ?? []).filter((field) => field.options !== undefined);
  const rows = more.map((figure) => <FigureRow key={figure.name} figure={figure} {...props} />);
  return (
    <>
      {options.map((field) => (
        <OptionRow key={field.name} field={field} entry={entry} change={change} />
      ))}
      {more.some((figure) => figure.required)
        ? rows
        : more.length > 0 && (
            <details open={more.some((figure) => typedIn(entry, figure.name) !== "")}>
              <summary>{say().more(more.length)}</summary>
              {rows}
            </details>
          )}
    </>
  );
}

interface RowProps extends Props {
  figure: Figure;
}

function FigureRow({ figure, step, entry, active, activate, change }: RowProps) {
  const { name, label, unit } = figure;
  const isActive = active === name;
  const input = useRef<HTMLInputElement>(null);
  const value = typedIn(entry, name);
  const units = name === VALUE ? unitsToChoose(step) : [];
  useEffect(() => {
    // A keyboard that is plugged in writes into the figure under the pad.
    if (isActive) input.current?.focus({ preventScroll: true });
  }, [isActive]);
  return (
    <div class={`figure-row${isActive ? " is-active" : ""}`}>
      <label>
        <span>
          {label}
          {figure.required && name !== VALUE && " *"}
        </span>
        <input
          ref={input}
          name={name}
          data-figure
          inputMode="none"
          autocomplete="off"
          required={figure.required}
          value={value}
          onFocus={() => activate(name)}
          onInput={(event) => {
            const typed = tidy(event.currentTarget.value);
            event.currentTarget.value = typed;
            change(withTyped(entry, name, typed));
          }}
        />
      </label>
      {units.length > 1 ? (
        <select
          aria-label={say().unit}
          value={entry.unit ?? step.unit}
          onChange={(event) => change({ unit: event.currentTarget.value })}
        >
          {units.map((one) => (
            <option key={one} value={one}>
              {unitWords(one)}
            </option>
          ))}
        </select>
      ) : (
        <span class="figure-unit">{unitWords(unit)}</span>
      )}
    </div>
  );
}

function OptionRow({
  field,
  entry,
  change,
}: {
  field: Field;
  entry: Entry;
  change(entry: Partial<Entry>): void;
}) {
  const chosen = entry.fields[field.name] ?? "";
  return (
    <fieldset class="option-row">
      <legend>
        {inLanguage(field.text)}
        {field.required && " *"}
      </legend>
      <div class="options options-short">
        {(field.options ?? []).map((option) => (
          <button
            type="button"
            key={option}
            data-option={option}
            aria-pressed={chosen === option}
            onClick={() => change(withTyped(entry, field.name, chosen === option ? "" : option))}
          >
            {optionWords(field, option)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
