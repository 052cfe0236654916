/** Ringing with the app closed, where the installation and the browser offer it. */

import { useEffect, useState } from "preact/hooks";
import { useHandheld } from "../../app/live";
import { type Ringing, ringing, startRinging } from "../../app/push";
import { Refused, Unreachable } from "../../sync/door";
import { problemText } from "../../words/problems";
import { words } from "../../words/words";

const say = words({
  zh: {
    on: "应用关着时,新工单也会响。",
    off: "让新工单在应用关着时也响",
    denied: "浏览器已禁止通知:请在系统设置里为本应用打开通知。",
    unsupported: "这个浏览器不支持关着时响铃;请保持应用打开。",
    offline: "要联网才能设置,请在有网络时再试。",
    failed: "没有设置成功,请重试。",
  },
  en: {
    on: "New orders ring with the app closed as well.",
    off: "Let new orders ring with the app closed",
    denied: "The browser blocks notices: allow them for this app in the phone's settings.",
    unsupported: "This browser cannot ring when closed; keep the app open.",
    offline: "This needs a network. Try again where there is one.",
    failed: "That did not work. Please try again.",
  },
});

export function RingingSetting() {
  const handheld = useHandheld();
  const key = handheld.settings.value?.push_public_key ?? null;
  const [state, setState] = useState<Ringing | null>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => {
    ringing(handheld).then(setState, console.warn);
  }, [handheld, key]);

  async function start(): Promise<void> {
    setBusy(true);
    setWrong(null);
    try {
      setState(await startRinging(handheld));
    } catch (error) {
      console.warn(error);
      if (error instanceof Unreachable || !navigator.onLine) setWrong(say().offline);
      else if (error instanceof Refused) setWrong(problemText(error.problem));
      else setWrong(say().failed);
    } finally {
      setBusy(false);
    }
  }

  if (state === null || state === "unset") return null;
  return (
    <>
      {state === "off" ? (
        <button type="button" class="wide" disabled={busy} onClick={() => void start()}>
          {say().off}
        </button>
      ) : (
        <p class={`strip ${state === "denied" ? "soon" : ""}`} role="status">
          {say()[state]}
        </p>
      )}
      {wrong !== null && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </>
  );
}
