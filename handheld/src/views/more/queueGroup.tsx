/** What of one order is on this handheld: refused first, then what waits. */

import { useHandheld, useLive } from "../../app/live";
import { go, href } from "../../app/route";
import type { HeldPhoto } from "../../store/database";
import { bytes } from "../../words/format";
import { problemText } from "../../words/problems";
import { words } from "../../words/words";
import { discard } from "../../work/discarding";
import { isUndoable } from "../../work/fate";
import type { QueueGroup } from "../../work/queueGroups";
import { ActLine } from "../acts/actLine";
import { PhotoThumb } from "../photos/photoThumb";
import { tagWords } from "../photos/tags";

const say = words({
  zh: {
    none: "不属于工单",
    refused: "照片没有被接受",
    again: "删除并重拍",
    discard: "删除",
    kept: (count: number) => `${count} 张照片已拍,还没有随记录提交`,
    progress: (sent: string, size: string) => `已传 ${sent} / ${size}`,
    waits: (size: string) => `等待发送,${size}`,
  },
  en: {
    none: "Without an order",
    refused: "The photo was not accepted",
    again: "Discard and take again",
    discard: "Discard",
    kept: (count: number) => `${count} photos taken, part of no record yet`,
    progress: (sent: string, size: string) => `${sent} of ${size} sent`,
    waits: (size: string) => `Waits, ${size}`,
  },
});

interface Props {
  group: QueueGroup;
  photosWaiting: ReadonlyMap<string, number>;
  /** Whether the order is on this handheld, so that one can go there. */
  isHere: boolean;
}

export function QueueGroupView({ group, photosWaiting, isHere }: Props) {
  // Words taken back go nowhere else, but pictures return to the form: never into another's.
  const isTypingIncident = useLive(
    ["drafts", "photos"],
    async (database) => (await database.getKey("drafts", "/incident")) !== undefined,
  );
  const mayUndo = group.order !== "" || (isTypingIncident === false && group.photosKept === 0);
  const lines = [...group.answered, ...group.waiting];
  return (
    <section data-group={group.order}>
      <h2 class="order-title">
        {group.order === "" ? (
          say().none
        ) : isHere ? (
          <a href={href("order", group.order, "history")}>{group.order}</a>
        ) : (
          group.order
        )}
      </h2>
      <ol class="act-lines">
        {lines.map((act) => (
          <ActLine
            key={act.id}
            act={act}
            photosWaiting={photosWaiting}
            undoable={mayUndo && isUndoable(act, act.subject === null ? [act] : group.acts)}
          />
        ))}
      </ol>
      {group.photosRefused.map((photo) => (
        <RefusedPhoto photo={photo} isHere={isHere} key={photo.id} />
      ))}
      {group.photosWaiting.map((photo) => (
        <WaitingPhoto photo={photo} key={photo.id} />
      ))}
      {group.photosKept > 0 && <p class="soft">{say().kept(group.photosKept)}</p>}
    </section>
  );
}

function RefusedPhoto({ photo, isHere }: { photo: HeldPhoto; isHere: boolean }) {
  const { database, changes } = useHandheld();

  async function again(): Promise<void> {
    await discard(database, photo);
    changes.announce("photos");
    if (!isHere) return;
    if (photo.step === "") go("order", photo.order, "inspect");
    else go("order", photo.order, "step", photo.step);
  }

  return (
    <div class="queue-photo">
      <PhotoThumb sha256={photo.sha256} alt={tagWords(photo.tag)} />
      <div>
        <b>{say().refused}</b>
        <p class="soft">
          {tagWords(photo.tag)} {photo.step}
        </p>
        <p class="wrong">{problemText(photo.problem)}</p>
        <button type="button" onClick={() => void again()}>
          {isHere ? say().again : say().discard}
        </button>
      </div>
    </div>
  );
}

function WaitingPhoto({ photo }: { photo: HeldPhoto }) {
  const sentBytes = useHandheld().uploading.value.get(photo.id) ?? photo.sentBytes;
  const name = `${tagWords(photo.tag)} ${photo.step}`.trim();
  return (
    <div class="queue-photo">
      <PhotoThumb sha256={photo.sha256} alt={name} />
      <div>
        <b>{name}</b>
        {sentBytes > 0 ? (
          <>
            <progress value={sentBytes} max={photo.sizeBytes} aria-label={name} />
            <p class="soft">{say().progress(bytes(sentBytes), bytes(photo.sizeBytes))}</p>
          </>
        ) : (
          <p class="soft">{say().waits(bytes(photo.sizeBytes))}</p>
        )}
      </div>
    </div>
  );
}
