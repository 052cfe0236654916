/** How far a picture has come: on this handheld, under way, arrived, verified, refused. */

import { useHandheld } from "../../app/live";
import type { HeldPhoto } from "../../store/database";
import { problemText } from "../../words/problems";
import { words } from "../../words/words";

const say = words({
  zh: {
    kept: "本机,未提交",
    waiting: "本机,待上传",
    uploading: (percent: number) => `上传中 ${percent}%`,
    sent: "已到服务器",
    verified: "已核对",
    refused: "被退回",
  },
  en: {
    kept: "Here, unrecorded",
    waiting: "Here, to upload",
    uploading: (percent: number) => `Uploading ${percent}%`,
    sent: "Arrived",
    verified: "Verified",
    refused: "Refused",
  },
});

/** Some of its bytes are up, and not all of them: whole percent; null where it is not under way. */
export function percentUp(photo: HeldPhoto, uploading: ReadonlyMap<number, number>): number | null {
  const sentBytes = Math.max(uploading.get(photo.id) ?? 0, photo.sentBytes);
  if (photo.state !== "waiting" || sentBytes === 0) return null;
  return Math.min(99, Math.floor((100 * sentBytes) / photo.sizeBytes));
}

const COURSE = ["refused", "kept", "waiting", "sent", "verified"];

/** Of several entries of one picture (old and new part) the one that is furthest behind. */
export function furthestBehind(photos: readonly HeldPhoto[]): HeldPhoto {
  return photos.reduce((one, other) =>
    COURSE.indexOf(other.state) < COURSE.indexOf(one.state) ? other : one,
  );
}

export function PhotoState({ photo, long = false }: { photo: HeldPhoto; long?: boolean }) {
  const { uploading } = useHandheld();
  const percent = percentUp(photo, uploading.value);
  return (
    <span class={`photo-state photo-${photo.state}`} data-state={photo.state}>
      {percent === null ? say()[photo.state] : say().uploading(percent)}
      {long && photo.state === "refused" && `:${problemText(photo.problem)}`}
    </span>
  );
}
