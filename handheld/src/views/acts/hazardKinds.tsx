/** What it is: a tap is the alarm. */

import type { HazardKind } from "../../contract/wire";
import { hazardWords } from "../../words/trade";
import { words } from "../../words/words";

const say = words({
  zh: { what: "是什么?一按就报警", now: (what: string) => `${what} · 立即报警` },
  en: { what: "What is it? One tap is the alarm", now: (what: string) => `${what}: alarm now` },
});

const KINDS: readonly HazardKind[] = [
  "gas_leak",
  "fire",
  "electric_shock",
  "water",
  "structural",
  "other",
];

interface Props {
  likely: HazardKind | null;
  disabled: boolean;
  onAlarm(kind: HazardKind): void;
}

export function HazardKinds({ likely, disabled, onAlarm }: Props) {
  return (
    <section aria-label={say().what}>
      {likely !== null && (
        <button
          type="button"
          class="primary danger alarm-now"
          data-kind={likely}
          disabled={disabled}
          onClick={() => onAlarm(likely)}
        >
          ⚠ {say().now(hazardWords()[likely])}
        </button>
      )}
      <h2 class="label">{say().what}</h2>
      <div class="hazard-kinds">
        {KINDS.filter((kind) => kind !== likely).map((kind) => (
          <button
            type="button"
            class="danger"
            key={kind}
            data-kind={kind}
            disabled={disabled}
            onClick={() => onAlarm(kind)}
          >
            {hazardWords()[kind]}
          </button>
        ))}
      </div>
    </section>
  );
}
