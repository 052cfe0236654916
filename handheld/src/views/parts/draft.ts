/** A form's value that survives a killed tab: stored as it is typed. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useHandheld } from "../../app/live";
import { draft, draftKey, keepDraft } from "../../store/drafts";
import { words } from "../../words/words";

const say = words({
  zh: { lost: "刚才输入的没有存住:请记录后再离开本页,或先腾出空间。" },
  en: { lost: "What you typed is not stored: record it before you leave, or free space first." },
});

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
  const handheld = useHandheld();
  const { database } = handheld;
  const key = draftKey(order, what);
  const [value, setValue] = useState(initial);
  const [isRead, setRead] = useState(false);
  const isTyped = useRef(false);
  const isLost = useRef(false);
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
      keepDraft(database, key, order, next).then(
        () => {
          isLost.current = false;
        },
        (error: unknown) => {
          console.error(error);
          // Once, not with each letter.
          if (!isLost.current) handheld.toast(say().lost, "failed");
          isLost.current = true;
        },
      );
    },
  };
}
