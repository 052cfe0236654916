/** What was recorded at a step so far, the latest first: nothing that was measured disappears. */

import type { Step } from "../../engine/evaluate";
import { dayAndClock } from "../../words/format";
import { words } from "../../words/words";
import type { Attempt } from "../../work/attempts";
import { bandWords } from "./bands";
import { answerWords } from "./sentences";
import { signOfStatus } from "./standings";

const say = words({
  zh: {
    earlier: "已登记",
    attempt: (count: number) => `第 ${count} 次`,
    here: "未送达",
    reason: (why: string) => `原因:${why}`,
  },
  en: {
    earlier: "Recorded so far",
    attempt: (count: number) => `Attempt ${count}`,
    here: "not delivered",
    reason: (why: string) => `Reason: ${why}`,
  },
});

export function Attempts({ step, attempts }: { step: Step; attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return null;
  return (
    <section class="attempts">
      <h2 class="label">{say().earlier}</h2>
      <ol>
        {attempts.map(({ result, at, isHere }) => {
          const { sign, look, word } = signOfStatus(result.status, step);
          const name = bandWords(result.band, result.status, step);
          const answer = answerWords(step, result);
          const worth = [
            word !== answer && word,
            name !== word && name,
            result.reason && say().reason(result.reason),
          ].filter(Boolean);
          return (
            <li key={result.attempt} class={`attempt look-${look}`} data-attempt={result.attempt}>
              <p>
                <b aria-hidden="true">{sign}</b> <b>{answer}</b>
              </p>
              {worth.length > 0 && <p>{worth.join(" · ")}</p>}
              <p class="soft">
                {say().attempt(result.attempt)}
                {at !== null && ` · ${dayAndClock(at)}`}
                {isHere && ` · ${say().here}`}
              </p>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
