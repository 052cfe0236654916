/** What the camera sees, with an earlier picture laid over it, and the button that takes it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { type Whereabouts, whereabouts } from "../../photos/place";
import { type Shot, shotOfFile, shotOfVideo } from "../../photos/shot";
import { words } from "../../words/words";
import { useLongestEdge, useMayKeepPlace } from "./keeping";
import { useStoredPicture } from "./stored";
import { useStream } from "./stream";

const say = words({
  zh: {
    take: "拍照",
    starting: "正在打开相机…",
    refused: "没有相机权限。请在浏览器的网站设置中允许使用相机,或用系统相机拍。",
    lacking: "这里打不开相机,请用系统相机拍。",
    system: "用系统相机",
    torchOn: "开手电",
    torchOff: "关手电",
    ghost: "叠加前图",
    opacity: "前图深浅",
    unreadable: "读不了这张照片,请重拍。",
  },
  en: {
    take: "Take the photo",
    starting: "Opening the camera…",
    refused:
      "The camera is not allowed. Allow it in the browser's site settings, or use the phone's own camera.",
    lacking: "There is no camera to open here; use the phone's own.",
    system: "Use the phone's camera",
    torchOn: "Torch on",
    torchOff: "Torch off",
    ghost: "Show the earlier photo",
    opacity: "Strength of the earlier photo",
    unreadable: "The photo cannot be read; take it again.",
  },
});

const GHOST_PERCENT = 35;
/** The frames are to have some pixels more than what is kept. */
const RESERVE = 1.2;

interface Props {
  /** The sha256 of an earlier picture to line up with. */
  ghost: string | null;
  /** A shot is being looked at; the camera keeps running for the next one. */
  isIdle: boolean;
  onShot(shot: Shot): void;
}

export function Finder({ ghost, isIdle, onShot }: Props) {
  const longestEdgePx = useLongestEdge();
  const stream = useStream(Math.round(longestEdgePx * RESERVE));
  const keepsPlace = useMayKeepPlace();
  const [wrong, setWrong] = useState<string | null>(null);
  const place = useRef<Whereabouts | null>(null);
  useEffect(() => {
    if (!keepsPlace) return;
    place.current = whereabouts();
    return () => place.current?.stop();
  }, [keepsPlace]);

  async function take(): Promise<void> {
    if (stream.video.current === null || stream.state !== "live" || isIdle) return;
    navigator.vibrate?.(30);
    onShot(await shotOfVideo(stream.video.current, place.current?.latest() ?? null));
  }

  async function takeFile(file: File): Promise<void> {
    setWrong(null);
    try {
      onShot(await shotOfFile(file, "camera", longestEdgePx, place.current?.latest() ?? null));
    } catch {
      setWrong(say().unreadable);
    }
  }

  const isWithout = stream.state === "refused" || stream.state === "lacking";
  return (
    <>
      <div class="layer-view">
        <video
          ref={stream.video}
          class={isWithout ? "quiet" : "finder"}
          playsInline
          muted
          onClick={() => void take()}
        />
        {ghost !== null && stream.state === "live" && <Ghost sha256={ghost} />}
        {stream.state === "starting" && <p class="layer-say">{say().starting}</p>}
        {isWithout && (
          <p class="layer-say" role="alert">
            {stream.state === "refused" ? say().refused : say().lacking}
          </p>
        )}
        {wrong !== null && (
          <p class="layer-say" role="alert">
            {wrong}
          </p>
        )}
      </div>
      <div class="layer-tray">
        {isWithout ? (
          <FileButton label={say().system} primary capture onFile={(file) => void takeFile(file)} />
        ) : (
          <div class="shutter-row">
            {stream.torch !== null && (
              <button type="button" aria-pressed={stream.torch} onClick={stream.toggleTorch}>
                🔦 {stream.torch ? say().torchOff : say().torchOn}
              </button>
            )}
            <button
              type="button"
              class="shutter"
              aria-label={say().take}
              disabled={stream.state !== "live"}
              onClick={() => void take()}
            />
          </div>
        )}
      </div>
    </>
  );
}

/** The earlier picture, faint, so that the new one is taken from the same spot. */
function Ghost({ sha256 }: { sha256: string }) {
  const url = useStoredPicture(sha256, "full");
  const [percent, setPercent] = useState(GHOST_PERCENT);
  const [isShown, setShown] = useState(true);
  if (url === null) return null;
  return (
    <>
      {isShown && <img class="ghost" src={url} alt="" style={{ opacity: percent / 100 }} />}
      <div class="ghost-tools">
        <label>
          <input
            type="checkbox"
            checked={isShown}
            onChange={(event) => setShown(event.currentTarget.checked)}
          />
          {say().ghost}
        </label>
        {isShown && (
          <input
            type="range"
            min="10"
            max="80"
            value={percent}
            aria-label={say().opacity}
            onInput={(event) => setPercent(Number(event.currentTarget.value))}
          />
        )}
      </div>
    </>
  );
}

interface FileProps {
  label: string;
  /** The system's camera and nothing else; without it the gallery is offered. */
  capture?: boolean;
  primary?: boolean;
  onFile(file: File): void;
}

/** A picture from outside of the app. */
export function FileButton({ label, capture = false, primary = false, onFile }: FileProps) {
  return (
    <label class={primary ? "button primary" : "button"}>
      {label}
      <input
        type="file"
        class="quiet"
        accept="image/*"
        {...(capture ? { capture: "environment" as const } : {})}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
