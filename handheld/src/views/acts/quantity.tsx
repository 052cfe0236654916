/** How many: typed, or by plus and minus. */

import { useId } from "preact/hooks";
import { words } from "../../words/words";
import { quantityHundredths, quantityText } from "../../work/price";

const say = words({
  zh: { qty: "数量", less: "减一", more: "加一" },
  en: { qty: "Quantity", less: "One less", more: "One more" },
});

const ONE = 100;

export function Quantity({ value, onChange }: { value: string; onChange(next: string): void }) {
  const id = useId();
  const current = quantityHundredths(value) ?? 0;
  return (
    <div class="quantity">
      <label for={id}>{say().qty}</label>
      <div class="quantity-row">
        <button
          type="button"
          aria-label={say().less}
          disabled={current <= ONE}
          onClick={() => onChange(quantityText(current - ONE))}
        >
          −
        </button>
        <input
          id={id}
          inputMode="decimal"
          autocomplete="off"
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
        <button
          type="button"
          aria-label={say().more}
          onClick={() => onChange(quantityText(current + ONE))}
        >
          +
        </button>
      </div>
    </div>
  );
}
