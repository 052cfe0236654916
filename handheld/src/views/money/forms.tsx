/** Parts that the forms of this room share: errors beside fields, a way on elsewhere. */

import { useEffect, useRef, useState } from "preact/hooks";
import { goInstead } from "../../app/route";
import { words } from "../../words/words";
import "./money.css";

const say = words({
  zh: { back: "返回工单", choose: "请选择一项。" },
  en: { back: "Back to the order", choose: "Choose one." },
});

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
    <button type="button" class={`full-width ${kind}`} onClick={() => goInstead(...to)}>
      {children}
    </button>
  );
}
