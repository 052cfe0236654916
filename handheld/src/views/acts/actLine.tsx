/** One thing that was done: what, when, and what became of it. */

import { useHandheld } from "../../app/live";
import { markRead } from "../../queue/outgoing";
import type { Act } from "../../store/database";
import { dayAndClock } from "../../words/format";
import { problemText } from "../../words/problems";
import { words } from "../../words/words";
import { type Fate, fateOf } from "../../work/fate";
import { useRecording } from "../parts/recording";
import { actDetail, actTitle } from "./actWords";

const say = words({
  zh: {
    held: "存在本机,即将发出",
    photos: "存在本机,等照片送达后发出",
    here: "存在本机,未发送",
    sent: "已发出,等服务器答复",
    arrived: "服务器已处理",
    verified: "服务器已核对",
    rejected: "服务器没有接受",
    recorded: "送达时工单已变动,只作凭据保存",
    known: "知道了",
    undo: "撤销",
  },
  en: {
    held: "Kept here, about to go out",
    photos: "Kept here until its photos have arrived",
    here: "Kept here, not sent yet",
    sent: "Sent, no answer yet",
    arrived: "Taken by the server",
    verified: "Verified by the server",
    rejected: "The server did not accept it",
    recorded: "The order had moved on: kept as evidence only",
    known: "Understood",
    undo: "Undo",
  },
});

const MARKS: Readonly<Record<Fate, string>> = {
  held: "○",
  photos: "○",
  here: "○",
  sent: "◐",
  arrived: "●",
  verified: "✓",
  rejected: "✗",
  recorded: "!",
};

interface Props {
  act: Act;
  photosWaiting: ReadonlyMap<string, number>;
  undoable: boolean;
  /** The step's text, where it is known. */
  stepText?: string | undefined;
}

export function ActLine({ act, photosWaiting, undoable, stepText }: Props) {
  const { database, changes } = useHandheld();
  const { takeBack } = useRecording();
  const fate = fateOf(act, photosWaiting, Date.now());
  const isBad = fate === "rejected" || fate === "recorded";
  return (
    <li class={`act-line fate-${fate}`} data-act={act.type}>
      <p>
        <b>{actTitle(act.type)}</b> {actDetail(act)}
        {stepText !== undefined && <small> {stepText}</small>}
      </p>
      <p class="soft">
        {dayAndClock(act.at)} · <span aria-hidden="true">{MARKS[fate]}</span> {say()[fate]}
      </p>
      {isBad && act.problem !== null && <p class="wrong">{problemText(act.problem)}</p>}
      {isBad && act.unread && (
        <button
          type="button"
          onClick={() => void markRead(database, act.place).then(() => changes.announce("acts"))}
        >
          {say().known}
        </button>
      )}
      {undoable && (
        <button type="button" onClick={() => void takeBack(act)}>
          {say().undo}
        </button>
      )}
    </li>
  );
}
