/** Reading the desk's QR code with the app's own camera, where the browser can read codes. */

import { useEffect, useState } from "preact/hooks";
import { words } from "../../words/words";
import { scannedCode } from "../../work/pairingCode";
import { Layer } from "./layer";
import { useStream } from "./stream";

const say = words({
  zh: {
    title: "扫描二维码",
    aim: "对准调度台屏幕上的二维码",
    refused: "打不开相机。请输入配对码,或用手机自带的相机扫描。",
    elsewhere: (host: string) => `这是另一台服务器(${host})的码,请用手机自带的相机扫描。`,
  },
  en: {
    title: "Scan the QR code",
    aim: "Aim at the QR code on the desk's screen",
    refused:
      "The camera does not open. Type the pairing code, or scan with the phone's own camera.",
    elsewhere: (host: string) =>
      `This code is of another server (${host}): scan it with the phone's own camera.`,
  },
});

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type Reading = Window & { BarcodeDetector?: new (options: { formats: string[] }) => Detector };

const LOOK_EVERY_MS = 200;
const EDGE_PX = 1280;

interface Props {
  onCode(code: string): void;
  onClose(): void;
}

export function Scan({ onCode, onClose }: Props) {
  const stream = useStream(EDGE_PX);
  const [elsewhere, setElsewhere] = useState<string | null>(null);

  useEffect(() => {
    const Reader = (window as Reading).BarcodeDetector;
    if (stream.state !== "live" || Reader === undefined) return;
    const detector = new Reader({ formats: ["qr_code"] });
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    async function look(): Promise<void> {
      const video = stream.video.current;
      const seen = video === null ? [] : await detector.detect(video).catch(() => []);
      if (gone) return;
      for (const { rawValue } of seen) {
        const found = scannedCode(rawValue, location.origin);
        if (found === null) continue;
        if ("code" in found) {
          onCode(found.code);
          return;
        }
        setElsewhere(found.elsewhere);
      }
      timer = setTimeout(() => void look(), LOOK_EVERY_MS);
    }
    void look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [stream.state]);

  const isWithout = stream.state === "refused" || stream.state === "lacking";
  return (
    <Layer label={say().title} onClose={onClose}>
      <div class="layer-view">
        <video ref={stream.video} class="finder" playsInline muted />
      </div>
      <div class="layer-tray">
        {isWithout ? (
          <p class="layer-wrong" role="alert">
            {say().refused}
          </p>
        ) : (
          <p class="layer-note" role="status">
            {elsewhere === null ? say().aim : say().elsewhere(elsewhere)}
          </p>
        )}
      </div>
    </Layer>
  );
}
