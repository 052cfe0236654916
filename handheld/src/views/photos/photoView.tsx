/** One picture of an order at its full size, and how far it has come. */

import { useHandheld } from "../../app/live";
import type { HeldPhoto } from "../../store/database";
import { bytes, dayAndClock } from "../../words/format";
import { words } from "../../words/words";
import { discard } from "../../work/discarding";
import { Layer } from "./layer";
import { furthestBehind, PhotoState } from "./photoState";
import { useStoredPicture } from "./stored";
import { tagWords } from "./tags";

const say = words({
  zh: {
    gone: "原图已核对并从本机清除,这是缩略图。",
    before: "上一张",
    next: "下一张",
    annotate: "标注",
    discard: "删除",
    again: "删除,重新拍",
  },
  en: {
    gone: "The server holds the original and it was cleared here; this is its thumbnail.",
    before: "Previous",
    next: "Next",
    annotate: "Draw on it",
    discard: "Discard",
    again: "Discard and take again",
  },
});

interface Props {
  /** The entries of one picture. */
  photos: readonly HeldPhoto[];
  onClose(): void;
  onBefore?: (() => void) | undefined;
  onNext?: (() => void) | undefined;
  onAnnotate?: (() => void) | undefined;
  /** After a refused picture was thrown away. */
  onAgain?: (() => void) | undefined;
}

export function PhotoView({ photos, onClose, onBefore, onNext, onAnnotate, onAgain }: Props) {
  const { database, changes } = useHandheld();
  const photo = furthestBehind(photos);
  const url = useStoredPicture(photo.sha256, "full");
  const isOurs = photo.state === "kept" || photo.state === "refused";
  const label = photos.map(({ tag }) => tagWords(tag)).join(" + ");

  async function drop(): Promise<void> {
    for (const one of photos) await discard(database, one);
    changes.announce("photos");
    onClose();
    if (photo.state === "refused") onAgain?.();
  }

  return (
    <Layer label={label} onClose={onClose}>
      <div class="layer-view">{url !== null && <img class="whole" src={url} alt={label} />}</div>
      <div class="layer-tray">
        <p class={photo.state === "refused" ? "layer-wrong" : "layer-note"}>
          <PhotoState photo={photo} long />
        </p>
        <p class="layer-note">
          {photo.step} {dayAndClock(photo.takenAt)} · {bytes(photo.sizeBytes)}
          {photo.state === "verified" && (
            <>
              <br />
              {say().gone}
            </>
          )}
        </p>
        <div class="layer-row">
          {onBefore && (
            <button type="button" onClick={onBefore}>
              ‹ {say().before}
            </button>
          )}
          {photo.state === "kept" && onAnnotate && (
            <button type="button" onClick={onAnnotate}>
              ✎ {say().annotate}
            </button>
          )}
          {isOurs && (
            <button type="button" class="danger" onClick={() => void drop()}>
              {photo.state === "refused" && onAgain ? say().again : say().discard}
            </button>
          )}
          {onNext && (
            <button type="button" onClick={onNext}>
              {say().next} ›
            </button>
          )}
        </div>
      </div>
    </Layer>
  );
}
