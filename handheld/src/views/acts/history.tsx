/** What was done on an order with this handheld, the latest first, and what became of each. */

import { photosWaiting } from "../../queue/sealing";
import { inLanguage, words } from "../../words/words";
import { isUndoable } from "../../work/fate";
import type { OrderScreenProps } from "../order/order";
import { ActLine } from "./actLine";
import "./acts.css";

const say = words({
  zh: {
    title: "我的记录",
    none: "本机对这张单还没有记录。",
    order: "只列出本机所做的;别人的处理以工单状态为准。",
  },
  en: {
    title: "What I did",
    none: "Nothing was done with this handheld yet.",
    order: "Only what was done with this handheld; the state of the order says the rest.",
  },
});

/** Looked at and stored: of no interest to whoever looks back. */
const UNSEEN: ReadonlySet<string> = new Set(["order.received", "order.opened"]);

export function HistoryScreen({ found }: OrderScreenProps) {
  const { job, photos } = found;
  const acts = job.acts.filter((act) => !UNSEEN.has(act.type)).reverse();
  const waiting = photosWaiting(photos);
  return (
    <article class="act">
      <h1>{say().title}</h1>
      <p class="soft">{say().order}</p>
      {acts.length === 0 && <p class="empty">{say().none}</p>}
      <ol class="act-lines">
        {acts.map((act) => {
          const step = job.run?.find(String(act.data.step));
          return (
            <ActLine
              key={act.id}
              act={act}
              photosWaiting={waiting}
              undoable={isUndoable(act, job.acts)}
              stepText={step && inLanguage(step.text)}
            />
          );
        })}
      </ol>
    </article>
  );
}
