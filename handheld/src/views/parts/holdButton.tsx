/** A button that does one thing when tapped and another when it is held. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import "./holdButton.css";

/** Longer than a brush against a trouser pocket; short enough for somebody who is afraid. */
export const HOLD_MS = 700;

interface Props {
  class: string;
  onHold(): void;
  /** Also what a keyboard and a screen reader do. */
  onTap(): void;
  disabled?: boolean;
  children: ComponentChildren;
}

export function HoldButton({ class: className, onHold, onTap, disabled, children }: Props) {
  const [isHeld, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const hasFired = useRef(false);

  function release(): void {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHeld(false);
  }
  useEffect(() => release, []);

  return (
    <button
      type="button"
      class={`hold ${className}${isHeld ? " hold-on" : ""}`}
      disabled={disabled}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        hasFired.current = false;
        setHeld(true);
        timer.current = setTimeout(() => {
          hasFired.current = true;
          release();
          navigator.vibrate?.(80);
          onHold();
        }, HOLD_MS);
      }}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
      onClick={() => {
        // The click that ends a hold is no tap.
        if (!hasFired.current) onTap();
        hasFired.current = false;
      }}
    >
      {children}
    </button>
  );
}
