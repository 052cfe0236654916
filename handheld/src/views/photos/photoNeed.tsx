/** One kind of picture that is wanted: take it, see it, take it again. */

import { useState } from "preact/hooks";
import { useHandheld, useLive } from "../../app/live";
import { faultOfShot } from "../../photos/prepare";
import { type Shot, shotOfFile } from "../../photos/shot";
import { photosOf } from "../../queue/pictures";
import type { HeldPhoto } from "../../store/database";
import { words } from "../../words/words";
import { Icon } from "../parts/icon";
import { Camera } from "./camera";
import { FileButton } from "./finder";
import { useKeeping } from "./keeping";
import "./photos.css";
import { PhotoState } from "./photoState";
import { PhotoThumb } from "./photoThumb";
import { PhotoView } from "./photoView";
import { storedPicture } from "./stored";
import { tagWords } from "./tags";

const say = words({
  zh: {
    take: "拍照",
    another: "再拍一张",
    system: "系统相机",
    gallery: "从相册选",
    unreadable: "读不了这张照片,请重拍。",
    failed: "照片没有保存,请重试。",
    dark: "照片太暗,建议重拍。",
    blurred: "照片好像模糊,建议重拍。",
    need: (count: number) => `需 ${count} 张`,
  },
  en: {
    take: "Take photo",
    another: "Take another",
    system: "Camera app",
    gallery: "From the gallery",
    unreadable: "The photo cannot be read; take it again.",
    failed: "The photo was not kept. Please try again.",
    dark: "The photo is dark: better take it again.",
    blurred: "The photo looks blurred: better take it again.",
    need: (count: number) => `${count} needed`,
  },
});

interface Props {
  /** Empty for what belongs to no order. */
  order: string;
  step: string;
  tag: string;
  min: number;
  /** The tag whose latest picture is laid over the finder; "before" when "after" is wanted. */
  ghostOf?: string;
}

/** Pictures taken for this step that are part of nothing yet. */
export function useKeptPhotos(order: string, step: string): HeldPhoto[] {
  const photos = useLive(["photos"], (database) => photosOf(database, order), [order]);
  return (photos ?? []).filter((photo) => photo.state === "kept" && photo.step === step);
}

/** What stands over the page: the finder, or a picture. */
type Open =
  | { what: "finder" }
  | { what: "shot"; shot: Shot; already?: HeldPhoto }
  | { what: "photo"; id: number };

export function PhotoNeed({ order, step, tag, min, ghostOf }: Props) {
  const handheld = useHandheld();
  const [open, setOpen] = useState<Open | null>(null);
  const wanted = { order, step, tag };
  const keep = useKeeping(wanted);
  const kept = useKeptPhotos(order, step).filter((photo) => photo.tag === tag);
  const fromGallery = handheld.settings.value?.photo.gallery_tags.includes(tag) ?? false;
  const close = () => setOpen(null);

  async function takeFile(file: File, origin: "camera" | "gallery"): Promise<void> {
    let shot: Shot;
    try {
      shot = await shotOfFile(file, origin);
    } catch {
      handheld.toast(say().unreadable, "failed");
      return;
    }
    const keeping = await keep(shot);
    if (keeping.outcome === "full") {
      setOpen({ what: "shot", shot });
      return;
    }
    const fault = faultOfShot(shot);
    shot.picture.close();
    if (keeping.outcome === "failed") handheld.toast(say().failed, "failed");
    else if (fault !== null) handheld.toast(say()[fault], "warning");
  }

  async function annotate(photo: HeldPhoto): Promise<void> {
    const picture = await storedPicture(handheld.database, photo.sha256, "full");
    if (picture === null) return;
    const shot = await shotOfFile(picture, "gallery");
    shot.takenAt = new Date(photo.takenAt);
    setOpen({ what: "shot", shot, already: photo });
  }

  const seen = open?.what === "photo" ? kept.find((photo) => photo.id === open.id) : undefined;
  return (
    <fieldset class="photo-need" data-tag={tag}>
      <legend>
        {tagWords(tag)} {min > kept.length && <small>{say().need(min - kept.length)}</small>}
      </legend>
      {kept.length > 0 && (
        <ul class="photo-strip">
          {kept.map((photo) => (
            <li key={photo.id}>
              <button
                type="button"
                class="photo-tile"
                onClick={() => setOpen({ what: "photo", id: photo.id })}
              >
                <PhotoThumb sha256={photo.sha256} alt={tagWords(tag)} />
                <PhotoState photo={photo} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="photo-ways">
        <button type="button" class="photo-take" onClick={() => setOpen({ what: "finder" })}>
          <Icon of="camera" /> {kept.length === 0 ? say().take : say().another}
        </button>
        <FileButton label={say().system} capture onFile={(file) => void takeFile(file, "camera")} />
        {fromGallery && (
          <FileButton label={say().gallery} onFile={(file) => void takeFile(file, "gallery")} />
        )}
      </div>
      {open?.what === "finder" && (
        <Camera wanted={wanted} ghostOf={ghostOf ?? GHOSTS[tag]} onClose={close} />
      )}
      {open?.what === "shot" && (
        <Camera
          wanted={wanted}
          first={{ shot: open.shot, ...(open.already ? { already: open.already } : {}) }}
          onClose={close}
        />
      )}
      {seen !== undefined && (
        <PhotoView photos={[seen]} onClose={close} onAnnotate={() => void annotate(seen)} />
      )}
    </fieldset>
  );
}

/** Which earlier picture a later one is taken to match. */
const GHOSTS: Readonly<Record<string, string>> = { after: "before" };
