/** The picture of the phone's camera, for the finder and for scanning. */

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** "refused": the technician or the phone did not let us; "lacking": there is no camera to ask. */
export type StreamState = "starting" | "live" | "refused" | "lacking";

export interface Stream {
  video: RefObject<HTMLVideoElement | null>;
  state: StreamState;
  /** Whether the torch is on; null where the camera has none. */
  torch: boolean | null;
  toggleTorch(): void;
}

type WithTorch<Base> = Base & { torch?: boolean };

/** Run the rear camera while the component stands, in frames of about this longest edge. */
export function useStream(longestEdgePx: number): Stream {
  const video = useRef<HTMLVideoElement>(null);
  const track = useRef<MediaStreamTrack | null>(null);
  const [state, setState] = useState<StreamState>("starting");
  const [torch, setTorch] = useState<boolean | null>(null);

  useEffect(() => {
    let gone = false;
    async function start(): Promise<void> {
      const devices = navigator.mediaDevices;
      if (devices === undefined) {
        setState("lacking");
        return;
      }
      try {
        const stream = await devices.getUserMedia({
          audio: false,
          video: {
            facingMode: { ideal: "environment" },
            width: { ideal: longestEdgePx },
            height: { ideal: Math.round((longestEdgePx * 3) / 4) },
          },
        });
        const [first] = stream.getVideoTracks();
        if (gone || first === undefined || video.current === null) {
          for (const one of stream.getTracks()) one.stop();
          return;
        }
        track.current = first;
        const can = first.getCapabilities?.() as WithTorch<MediaTrackCapabilities> | undefined;
        setTorch(can?.torch ? false : null);
        video.current.srcObject = stream;
        await video.current.play();
        if (!gone) setState("live");
      } catch (error) {
        if (gone) return;
        const name = error instanceof DOMException ? error.name : "";
        setState(
          name === "NotFoundError" || name === "OverconstrainedError" ? "lacking" : "refused",
        );
      }
    }
    function seen(): void {
      // The phone takes the camera away from an app that is not in front.
      const ended = track.current?.readyState === "ended";
      if (document.visibilityState === "visible" && ended) void start();
    }
    document.addEventListener("visibilitychange", seen);
    void start();
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", seen);
      track.current?.stop();
      track.current = null;
    };
  }, []);

  function toggleTorch(): void {
    const on = !torch;
    const wish: WithTorch<MediaTrackConstraintSet> = { torch: on };
    track.current?.applyConstraints({ advanced: [wish] }).then(() => setTorch(on), console.warn);
  }

  return { video, state, torch, toggleTorch };
}
