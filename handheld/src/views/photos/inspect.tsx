/** What the technician found: a note and at least one picture from before. */

import { useLive } from "../../app/live";
import { goInstead } from "../../app/route";
import { photosOf } from "../../queue/pictures";
import { words } from "../../words/words";
import { beforeStep } from "../../work/inspection";
import { isInspected } from "../../work/stage";
import type { OrderScreenProps } from "../order/order";
import { useDraft } from "../parts/draft";
import { useRecording } from "../parts/recording";
import { Words } from "../parts/words";
import { PhotoNeed } from "./photoNeed";

const say = words({
  zh: {
    title: "勘查",
    more: "补充勘查",
    note: "查到了什么,需要哪些材料和工具",
    record: "记录勘查",
    done: "勘查已记录在本机",
    noteMissing: "请写一句查到了什么。",
    photoMissing: "请先拍一张维修前的照片。",
  },
  en: {
    title: "Inspection",
    more: "Add to the inspection",
    note: "What was found; materials and tools needed",
    record: "Record the inspection",
    done: "The inspection is kept on this handheld",
    noteMissing: "Write a line on what was found.",
    photoMissing: "Take a photo from before the work first.",
  },
});

const LONGEST_NOTE = 2000;
const TAG = "before";

export function Inspect({ found }: OrderScreenProps) {
  const { job } = found;
  const note = useDraft(job.number, "inspection", "");
  const { record, busy } = useRecording();
  const photos = useLive(["photos"], (database) => photosOf(database, job.number), [job.number]);
  if (photos === undefined) return null;

  const before = photos.filter((photo) => photo.tag === TAG && photo.state !== "refused");
  const kept = before.filter((photo) => photo.state === "kept");
  // Pictures taken before the checklist had come belong to no step, and so do those beside them.
  const hasLoose = kept.some((photo) => photo.step === "");
  const step = hasLoose ? "" : (beforeStep(job)?.id ?? "");
  const isAgain = isInspected(job);
  const hasPhoto = isAgain || before.length > 0;
  const text = note.value.trim();

  async function send(): Promise<void> {
    const named = kept.length > 0 || isAgain ? kept : before;
    const act = await record(
      "order.inspected",
      job.snapshot,
      { note: text, photos: named.map(({ sha256, tag }) => ({ sha256, tag })) },
      { drafts: [note.key], photos: kept.map(({ id }) => id), done: say().done },
    );
    if (act !== null) goInstead("order", job.number);
  }

  return (
    <article class="inspect">
      <h1>{isAgain ? say().more : say().title}</h1>
      <PhotoNeed order={job.number} step={step} tag={TAG} min={hasPhoto ? 0 : 1} />
      <Words
        label={say().note}
        name="note"
        value={note.value}
        longest={LONGEST_NOTE}
        onChange={note.change}
      />
      {note.isRead && (!hasPhoto || text === "") && (
        <p class="soft" role="status">
          {hasPhoto ? say().noteMissing : say().photoMissing}
        </p>
      )}
      <button
        type="button"
        class="primary"
        disabled={busy || !hasPhoto || text === ""}
        onClick={() => void send()}
      >
        {say().record}
      </button>
    </article>
  );
}
