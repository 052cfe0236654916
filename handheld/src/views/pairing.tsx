/** Once: scan the code of the desk, or type it. */

import { useEffect, useState } from "preact/hooks";
import { useHandheld } from "../app/live";
import { goInstead } from "../app/route";
import { NotLetIn, Refused } from "../sync/door";
import { problemText } from "../words/problems";
import { language, words } from "../words/words";
import { codeInHash } from "../work/pairingCode";
import { later } from "./parts/later";

const say = words({
  zh: {
    title: "配对手持机",
    how: "用手机相机扫描调度台显示的二维码,或输入 8 位配对码。",
    code: "配对码",
    scan: "扫描二维码",
    pair: "配对",
    other: "English",
    pairing: "正在配对…",
    offline: "连不上服务器。请到有网络的地方再试。",
    wiped: "调度台已停用这台手持机,本机数据已全部清除。",
  },
  en: {
    title: "Pair this handheld",
    how: "Scan the desk's QR code with the camera, or type the pairing code of 8 characters.",
    code: "Pairing code",
    scan: "Scan the QR code",
    pair: "Pair",
    other: "中文",
    pairing: "Pairing…",
    offline: "The server cannot be reached. Try again where there is a network.",
    wiped: "The desk has revoked this handheld; all its data was put away.",
  },
});

export function Pairing() {
  const handheld = useHandheld();
  const [code, setCode] = useState(scanned);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [isScanning, setScanning] = useState(false);

  async function pair(given: string): Promise<void> {
    setBusy(true);
    setWrong(null);
    try {
      await handheld.pair(given);
      goInstead();
    } catch (error) {
      const refused = error instanceof Refused || error instanceof NotLetIn;
      setWrong(refused ? problemText(error.problem) : say().offline);
    } finally {
      setBusy(false);
    }
  }

  useEffect(() => {
    if (code.length === CODE_LENGTH) void pair(code);
  }, []);

  return (
    <main class="screen pairing">
      <h1>{say().title}</h1>
      {handheld.wasWiped.value && <p class="strip late">{say().wiped}</p>}
      <p>{say().how}</p>
      {"BarcodeDetector" in window && (
        <button type="button" class="primary" onClick={() => setScanning(true)}>
          {say().scan}
        </button>
      )}
      {isScanning && (
        <Scan
          onClose={() => setScanning(false)}
          onCode={(found) => {
            setScanning(false);
            setCode(found);
            void pair(found);
          }}
        />
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void pair(code);
        }}
      >
        <label>
          {say().code}
          <input
            class="code"
            name="code"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            maxLength={9}
            value={code}
            onInput={(event) => setCode(event.currentTarget.value.toUpperCase())}
          />
        </label>
        {wrong !== null && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy || code.length < CODE_LENGTH}>
          {busy ? say().pairing : say().pair}
        </button>
      </form>
      <button
        type="button"
        onClick={() => void handheld.prefer({ language: language.value === "zh" ? "en" : "zh" })}
      >
        {say().other}
      </button>
    </main>
  );
}

const Scan = later(async () => (await import("./photos/scan")).Scan);

const CODE_LENGTH = 8;

/** The code in the address that the QR code carries: `#pair=AB12CD34`. */
function scanned(): string {
  return codeInHash(location.hash) ?? "";
}
