/** Putting everything away: a word is typed first, since nothing brings it back. */

import { useState } from "preact/hooks";
import { useHandheld, useLive } from "../../app/live";
import { stopRinging } from "../../app/push";
import { goInstead, href } from "../../app/route";
import { countAll } from "../../queue/counts";
import { words } from "../../words/words";

const say = words({
  zh: {
    title: "清除本机",
    how: "把工单、照片和身份从本机清除。以后要用,须重新配对。",
    here: (count: number) => `还有 ${count} 项没有送达,清除后就永远没有了!先发送,或导出文件。`,
    look: "去看看",
    word: "清除",
    type: (word: string) => `请输入“${word}”`,
    forget: "清除本机的一切",
  },
  en: {
    title: "Forget this handheld",
    how: "Orders, photos and who this is are put away. To use it again it must be paired anew.",
    here: (count: number) =>
      `${count} items have not arrived and would be lost for ever! Send them, or export them, first.`,
    look: "See them",
    word: "FORGET",
    type: (word: string) => `Type "${word}"`,
    forget: "Put everything away",
  },
});

export function Forget() {
  const handheld = useHandheld();
  const counts = useLive(["acts", "photos"], countAll);
  const [typed, setTyped] = useState("");
  const isMeant = typed.trim().toUpperCase() === say().word;

  async function forget(): Promise<void> {
    // It must not keep what belongs to orders only because a push service is out of reach.
    await stopRinging().catch(console.warn);
    await handheld.forget();
    goInstead();
  }

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        if (isMeant) void forget();
      }}
    >
      <h2>{say().title}</h2>
      <p class="soft">{say().how}</p>
      {counts !== undefined && counts.here > 0 && (
        <p class="strip late" role="alert">
          {say().here(counts.here)} <a href={href("queue")}>{say().look}</a>
        </p>
      )}
      <label>
        {say().type(say().word)}
        <input
          autocomplete="off"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="danger wide" disabled={!isMeant}>
        {say().forget}
      </button>
    </form>
  );
}
