/** A form's value that survives a killed tab: stored as it is typed. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useHandheld } from "../../app/live";
import { draft, draftKey, keepDraft } from "../../store/drafts";

export interface Drafted<Value> {
  value: Value;
  change(next: Value): void;
  /** Name it in what is recorded, so that the draft goes in the same transaction. */
  key: string;
  /** False until what was typed before has been read. */
  isRead: boolean;
}

/** `order` is empty for forms that belong to none. */
export function useDraft<Value>(order: string, what: string, initial: Value): Drafted<Value> {
  const { database } = useHandheld();
  const key = draftKey(order, what);
  const [value, setValue] = useState(initial);
  const [isRead, setRead] = useState(false);
  const isTyped = useRef(false);
  useEffect(() => {
    let gone = false;
    isTyped.current = false;
    draft<Value>(database, key).then((kept) => {
      if (gone) return;
      if (kept !== undefined && !isTyped.current) setValue(kept);
      setRead(true);
    }, console.error);
    return () => {
      gone = true;
    };
  }, [database, key]);
  return {
    value,
    key,
    isRead,
    change: (next) => {
      isTyped.current = true;
      setValue(next);
      keepDraft(database, key, order, next).catch(console.error);
    },
  };
}
