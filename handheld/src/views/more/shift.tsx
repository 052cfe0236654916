/** Handing over a shift: what is open and still out goes along by itself; the note is the rest (F-21). */

import { useState } from "preact/hooks";
import { useLive } from "../../app/live";
import { goInstead, href } from "../../app/route";
import { countAll } from "../../queue/counts";
import { categoryWords, stateWords, wordFor } from "../../words/trade";
import { words } from "../../words/words";
import { allJobs } from "../../work/jobs";
import { shiftSummary } from "../../work/shift";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import "./more.css";

const say = words({
  zh: {
    title: "交班",
    open: "未完的单",
    noneOpen: "没有未完的单。",
    out: "手上的材料工具",
    noneOut: "手上没有材料工具。",
    here: (count: number) => `还有 ${count} 项在本机没有送达,请先联网发送再下班。`,
    look: "查看",
    to: "交给谁(可不填)",
    note: "交代给下一班的话",
    noNote: "请写几句交代;没有特别的事也写明“无”",
    send: "交班",
    done: "交班已记录",
  },
  en: {
    title: "Hand over the shift",
    open: "Open orders",
    noneOpen: "No open orders.",
    out: "Materials and tools in hand",
    noneOut: "Nothing in hand.",
    here: (count: number) => `${count} items here have not arrived: send them before you leave.`,
    look: "See them",
    to: "To whom (may be left out)",
    note: "For the next shift",
    noNote: 'Leave a word; where there is nothing special, write "nothing"',
    send: "Hand over",
    done: "Shift handed over",
  },
});

const LONGEST_NAME = 60;
const LONGEST_NOTE = 2000;

export function ShiftScreen() {
  const { record, busy } = useRecording();
  const [tried, setTried] = useState(false);
  const jobs = useLive(["orders", "acts", "photos", "templates"], allJobs);
  const counts = useLive(["acts", "photos"], countAll);
  const form = useDraft("", "shift", { note: "", to: "" });
  if (jobs === undefined || counts === undefined) return null;
  const summary = shiftSummary(jobs.map((found) => found.job));
  const note = form.value.note.trim();
  const to = form.value.to.trim();

  async function send(): Promise<void> {
    setTried(true);
    if (note === "") return;
    const data = to === "" ? { note } : { note, to };
    const also = { drafts: [form.key], done: say().done };
    const act = await record("shift.handed_over", null, data, also);
    if (act !== null) goInstead();
  }

  return (
    <form
      class="shift"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h1>{say().title}</h1>
      {counts.here > 0 && (
        <p class="strip late">
          {say().here(counts.here)} <a href={href("queue")}>{say().look}</a>
        </p>
      )}
      <h2 class="label">{say().open}</h2>
      {summary.open.length === 0 && <p class="soft">{say().noneOpen}</p>}
      {summary.open.map((job) => (
        <a class="card" key={job.number} href={href("order", job.number)}>
          <b>{job.snapshot.customer.unit_code}</b> {wordFor(categoryWords(), job.snapshot.category)}
          <br />
          <small>
            {job.number} · {stateWords()[job.state]}
          </small>
        </a>
      ))}
      <h2 class="label">{say().out}</h2>
      {summary.out.length === 0 && <p class="soft">{say().noneOut}</p>}
      {summary.out.map((line, index) => (
        <p class="card" key={`${line.number}-${index}`}>
          <b>
            {line.name} × {line.qty}
          </b>
          <br />
          <small>
            {line.item} · {line.number}
          </small>
        </p>
      ))}
      <Words
        label={say().note}
        longest={LONGEST_NOTE}
        value={form.value.note}
        onChange={(next) => form.change({ ...form.value, note: next })}
      />
      {tried && note === "" && (
        <p class="wrong" role="alert">
          {say().noNote}
        </p>
      )}
      <Words
        label={say().to}
        lines="one"
        longest={LONGEST_NAME}
        value={form.value.to}
        onChange={(next) => form.change({ ...form.value, to: next })}
      />
      <button type="submit" class="primary" disabled={busy}>
        {say().send}
      </button>
    </form>
  );
}
