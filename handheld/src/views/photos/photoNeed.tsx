/** One kind of picture that is wanted: take it, see it, take it again. */

import { useHandheld, useLive } from "../../app/live";
import { preparePhoto } from "../../photos/prepare";
import { discardPhoto, keepPhoto, photosOf } from "../../queue/pictures";
import type { HeldPhoto } from "../../store/database";
import { words } from "../../words/words";
import { isFull } from "../parts/recording";
import { PhotoThumb } from "./photoThumb";
import { tagWords } from "./tags";

const say = words({
  zh: {
    take: "拍照",
    again: "再拍一张",
    discard: "删除",
    full: "本机存储已满,照片没有保存。请先联网上传或清理空间。",
    unreadable: "读不了这张照片,请重拍。",
    need: (count: number) => `需 ${count} 张`,
  },
  en: {
    take: "Take a photo",
    again: "Take another",
    discard: "Discard",
    full: "The handheld is full: the photo was not kept. Upload or free space first.",
    unreadable: "The photo cannot be read; take it again.",
    need: (count: number) => `${count} needed`,
  },
});

interface Props {
  /** Empty for what belongs to no order. */
  order: string;
  step: string;
  tag: string;
  min: number;
}

/** Pictures taken for this step and tag that are part of nothing yet. */
export function useKeptPhotos(order: string, step: string): HeldPhoto[] {
  const photos = useLive(["photos"], (database) => photosOf(database, order), [order]);
  return (photos ?? []).filter((photo) => photo.state === "kept" && photo.step === step);
}

export function PhotoNeed({ order, step, tag, min }: Props) {
  const handheld = useHandheld();
  const kept = useKeptPhotos(order, step).filter((photo) => photo.tag === tag);
  const settings = handheld.settings.value?.photo;

  async function take(file: File): Promise<void> {
    try {
      const scaling = {
        longestEdgePx: settings?.longest_edge_px ?? 1600,
        qualityPercent: settings?.jpeg_quality_percent ?? 82,
      };
      const photo = await preparePhoto(file, { order, step, tag }, scaling, new Date());
      await keepPhoto(handheld.database, photo);
      handheld.changes.announce("photos");
    } catch (error) {
      handheld.toast(isFull(error) ? say().full : say().unreadable, "failed");
    }
  }

  return (
    <fieldset class="photo-need" data-tag={tag}>
      <legend>
        {tagWords(tag)} {min > kept.length && <small>{say().need(min)}</small>}
      </legend>
      <div class="thumbs">
        {kept.map((photo) => (
          <figure key={photo.id}>
            <PhotoThumb sha256={photo.sha256} alt={tagWords(tag)} />
            <button
              type="button"
              onClick={() =>
                void discardPhoto(handheld.database, photo.id).then(() =>
                  handheld.changes.announce("photos"),
                )
              }
            >
              {say().discard}
            </button>
          </figure>
        ))}
      </div>
      <label class="button">
        📷 {kept.length === 0 ? say().take : say().again}
        <input
          type="file"
          class="quiet"
          accept="image/*"
          capture="environment"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file) void take(file);
          }}
        />
      </label>
    </fieldset>
  );
}
