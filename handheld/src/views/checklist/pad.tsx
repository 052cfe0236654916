/** The number pad: big keys for gloves, the unit beside the figure. */

import { words } from "../../words/words";
import { type Key, press } from "../../work/figures";

const say = words({
  zh: { pad: "数字键盘", back: "删一位", point: "小数点", minus: "正负号" },
  en: { pad: "Number pad", back: "Delete one", point: "Point", minus: "Plus or minus" },
});

interface Props {
  value: string;
  /** Counted things have no point. */
  whole: boolean;
  /** Below zero is possible. */
  signed: boolean;
  onChange(value: string): void;
}

const FIGURES = ["7", "8", "9", "4", "5", "6", "1", "2", "3"] as const;

export function NumberPad({ value, whole, signed, onChange }: Props) {
  const key = (name: Key, sign: string, label?: string) => (
    <button
      type="button"
      key={name}
      class={`pad-key pad-${name === "back" ? "back" : "figure"}`}
      aria-label={label}
      data-key={name}
      onClick={() => {
        navigator.vibrate?.(8);
        onChange(press(value, name));
      }}
    >
      {sign}
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would announce a legend at every key
    <div class="pad" role="group" aria-label={say().pad}>
      {FIGURES.map((figure) => key(figure, figure))}
      {whole ? signed ? key("-", "±", say().minus) : <span /> : key(".", ".", say().point)}
      {key("0", "0")}
      {signed && !whole ? (
        <span class="pad-pair">
          {key("-", "±", say().minus)}
          {key("back", "⌫", say().back)}
        </span>
      ) : (
        key("back", "⌫", say().back)
      )}
    </div>
  );
}
