/** Where the customer signs: strokes are stored as they are drawn, the picture is made at the end. */

import { useEffect, useRef, useState } from "preact/hooks";
import Pad from "signature_pad";
import { useHandheld } from "../../app/live";
import { discardPhoto, keepPhoto, photosOf } from "../../queue/pictures";
import type { HeldPhoto } from "../../store/database";
import { isFull } from "../../store/database";
import { words } from "../../words/words";
import { isSigned, scaleToFit } from "../../work/ink";
import { type Drafted, useDraft } from "../parts/draft";
import { type Drawn, enlarged, inkOf, PEN, signaturePicture } from "./drawing";
import { Wrong } from "./forms";

const say = words({
  zh: {
    label: "客户签名",
    here: "请在白框内签名",
    signed: "已签名",
    empty: "还没有签名",
    undo: "撤一笔",
    clear: "清除重签",
    missing: "请客户签名;一个点不算签名。",
    full: "本机存储已满,签名没有保存。请先联网上传或清理空间。",
    failed: "签名没有保存,请重试。",
  },
  en: {
    label: "Customer's signature",
    here: "Sign inside the white frame",
    signed: "Signed",
    empty: "Not signed yet",
    undo: "Undo a stroke",
    clear: "Clear",
    missing: "The customer signs here; a dot is no signature.",
    full: "The handheld is full: the signature was not kept. Upload or free space first.",
    failed: "The signature was not kept. Please try again.",
  },
});

interface Kept {
  /** What it was drawn under. */
  of: string;
  drawn: Drawn | null;
}

export interface Signing {
  drawn: Drawn | null;
  change(drawn: Drawn | null): void;
  draft: Pick<Drafted<Kept>, "key">;
  isSigned: boolean;
  /** Make the picture and keep it; null (and said) where that failed. */
  keep(): Promise<HeldPhoto | null>;
  busy: boolean;
}

/**
 * A signature in the making. `of` says what is signed: strokes that were drawn under anything
 * else, such as another total, do not count.
 */
export function useSigning(order: string, what: string, of: string): Signing {
  const handheld = useHandheld();
  const drafted = useDraft<Kept>(order, what, { of, drawn: null });
  const [busy, setBusy] = useState(false);
  const drawn = drafted.value.of === of ? drafted.value.drawn : null;

  async function keep(): Promise<HeldPhoto | null> {
    if (drawn === null || busy) return null;
    setBusy(true);
    try {
      const picture = await signaturePicture(drawn, order, new Date());
      // What was signed before and then taken back is evidence of nothing.
      for (const photo of await photosOf(handheld.database, order)) {
        const isAnother = photo.tag === "signature" && photo.sha256 !== picture.sha256;
        if (isAnother && photo.state === "kept") await discardPhoto(handheld.database, photo.id);
      }
      const kept = await keepPhoto(handheld.database, picture);
      handheld.changes.announce("photos");
      return kept;
    } catch (error) {
      handheld.toast(isFull(error) ? say().full : say().failed, "failed");
      console.error(error);
      return null;
    } finally {
      setBusy(false);
    }
  }

  return {
    drawn,
    change: (next) => drafted.change({ of, drawn: next }),
    draft: drafted,
    isSigned: drawn !== null && isSigned(inkOf(drawn)),
    keep,
    busy,
  };
}

export function SignatureField({ signing, isTried }: { signing: Signing; isTried: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pad = useRef<Pad | null>(null);
  const told = useRef<Drawn | null>(null);
  const latest = useRef(signing);
  latest.current = signing;

  useEffect(() => {
    const surface = canvas.current!;
    const made = new Pad(surface, PEN);
    pad.current = made;
    made.addEventListener("endStroke", () => {
      told.current = {
        widthPx: surface.clientWidth,
        heightPx: surface.clientHeight,
        groups: structuredClone(made.toData()),
      };
      latest.current.change(told.current);
    });
    const resizing = new ResizeObserver(() => show(surface, made, latest.current.drawn));
    resizing.observe(surface);
    return () => {
      resizing.disconnect();
      made.off();
    };
  }, []);

  useEffect(() => {
    // What this pad has drawn itself stands there already, and the next stroke may be under way.
    if (pad.current === null || signing.drawn === told.current) return;
    told.current = signing.drawn;
    show(canvas.current!, pad.current, signing.drawn);
  }, [signing.drawn]);

  function undoStroke(): void {
    const { drawn } = signing;
    if (drawn === null) return;
    const groups = drawn.groups.slice(0, -1);
    signing.change(groups.length === 0 ? null : { ...drawn, groups });
  }

  return (
    <section class="signature">
      <h2>{say().label}</h2>
      <div class="paper">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${say().label}: ${signing.isSigned ? say().signed : say().empty}`}
        />
        {signing.drawn === null && <span class="paper-hint">{say().here}</span>}
      </div>
      <Wrong text={isTried && !signing.isSigned ? say().missing : null} />
      <div class="paper-row">
        <button type="button" disabled={signing.drawn === null} onClick={undoStroke}>
          {say().undo}
        </button>
        <button
          type="button"
          disabled={signing.drawn === null}
          onClick={() => signing.change(null)}
        >
          {say().clear}
        </button>
      </div>
    </section>
  );
}

/** Draw anew, for the size and the pixels that the pad has now. */
function show(surface: HTMLCanvasElement, pad: Pad, drawn: Drawn | null): void {
  const { clientWidth: w, clientHeight: h } = surface;
  const density = Math.max(1, devicePixelRatio);
  surface.width = w * density;
  surface.height = h * density;
  surface.getContext("2d")?.scale(density, density);
  const times = drawn === null ? 1 : scaleToFit(drawn, { w, h });
  pad.fromData(drawn === null ? [] : enlarged(drawn.groups, times));
}
