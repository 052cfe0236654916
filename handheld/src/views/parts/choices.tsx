/** One of a short list, each big enough for a glove. */

import { useId } from "preact/hooks";
import "./choices.css";

interface Props<Value extends string> {
  label: string;
  options: readonly { value: Value; label: string }[];
  value: Value | null;
  onChange(value: Value): void;
  /** Two beside each other: for words that are short in both languages. */
  short?: boolean;
  /** Of the field, where something outside of the form looks for it. */
  name?: string;
}

export function Choices<Value extends string>({
  label,
  options,
  value,
  onChange,
  short = false,
  name,
}: Props<Value>) {
  const own = useId();
  return (
    <fieldset class={short ? "choices choices-short" : "choices"}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name ?? own}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
