/** The whole screen for one thing: the camera, a picture. The phone's own "back" closes it. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { words } from "../../words/words";
import "./photos.css";

const say = words({ zh: { close: "关闭" }, en: { close: "Close" } });

interface Props {
  label: string;
  onClose(): void;
  /** Beside the title. */
  tools?: ComponentChildren;
  children: ComponentChildren;
}

export function Layer({ label, onClose, tools, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  return (
    <dialog class="layer" ref={dialog} aria-label={label} onClose={onClose}>
      <header class="layer-top">
        <button type="button" class="icon" aria-label={say().close} onClick={onClose}>
          ✕
        </button>
        <b>{label}</b>
        <span class="layer-tools">{tools}</span>
      </header>
      {children}
    </dialog>
  );
}
