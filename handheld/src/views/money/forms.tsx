/** Parts that the forms of this room share: choices, errors beside fields, a way on elsewhere. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { goInstead } from "../../app/route";
import { words } from "../../words/words";
import "./money.css";

const say = words({
  zh: { back: "返回工单", choose: "请选择一项。" },
  en: { back: "Back to the order", choose: "Choose one." },
});

export interface Choice<Value extends string> {
  value: Value;
  label: string;
}

interface ChoicesProps<Value extends string> {
  legend: string;
  choices: readonly Choice<Value>[];
  /** Empty: none yet. */
  value: Value | "";
  onChange(value: Value): void;
  wrong?: string | null | undefined;
  /** Short words stand side by side. */
  isShort?: boolean;
}

/** One of a few, each big enough for a glove. */
export function Choices<Value extends string>({
  legend,
  choices,
  value,
  onChange,
  wrong,
  isShort = false,
}: ChoicesProps<Value>) {
  const name = useId();
  return (
    <fieldset class={isShort ? "choices choices-short" : "choices"}>
      <legend>{legend}</legend>
      {choices.map((choice) => (
        <label class="choice" key={choice.value} data-value={choice.value}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
      <Wrong text={wrong} />
    </fieldset>
  );
}

/** What is wrong with the field above. */
export function Wrong({ text }: { text?: string | null | undefined }) {
  if (!text) return null;
  return (
    <p class="wrong" role="alert">
      {text}
    </p>
  );
}

/** Said where a choice is lacking. */
export function chooseOne(): string {
  return say().choose;
}

/** Errors are shown from the first try on; then the first of them comes into view. */
export function useTried(): { isTried: boolean; tryAgain(): void } {
  const [tries, setTries] = useState(0);
  const shown = useRef(0);
  useEffect(() => {
    if (tries === shown.current) return;
    shown.current = tries;
    document.querySelector(".wrong")?.scrollIntoView({ block: "center" });
  }, [tries]);
  return { isTried: tries > 0, tryAgain: () => setTries(tries + 1) };
}

/** A screen that has nothing to do just now says why. */
export function NotNow({ number, why }: { number: string; why: string }) {
  return (
    <section class="not-now">
      <p class="strip">{why}</p>
      <Instead to={["order", number]}>{say().back}</Instead>
    </section>
  );
}

/** A button to another screen that takes the place of this one. */
export function Instead({
  to,
  children,
  kind = "",
}: {
  to: readonly string[];
  children: string;
  kind?: string;
}) {
  return (
    <button type="button" class={`wide ${kind}`} onClick={() => goInstead(...to)}>
      {children}
    </button>
  );
}
