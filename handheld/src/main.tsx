/** Starts the app: the store first, then what is shown, then the worker that keeps the shell. */

import { render } from "preact";
import { Handheld } from "./app/handheld";
import { watchInHand } from "./app/inHand";
import { listenForInstall } from "./app/install";
import { HandheldContext } from "./app/live";
import { watchMessages } from "./app/messages";
import { watchPool } from "./app/pool";
import { keepRinging } from "./app/push";
import { listenToAddress } from "./app/route";
import { installWorker } from "./app/worker";
import { App } from "./views/app";
import "./views/style.css";
import { Unopened } from "./views/unopened";
import { words } from "./words/words";

const say = words({
  zh: { update: "有新版本", use: "更新" },
  en: { update: "A new version is here", use: "Update" },
});

const root = document.getElementById("app")!;

function start(handheld: Handheld): void {
  listenToAddress();
  listenForInstall();
  keepRinging(handheld);
  watchPool(handheld);
  watchInHand(handheld);
  watchMessages(handheld);
  render(
    <HandheldContext.Provider value={handheld}>
      <App />
    </HandheldContext.Provider>,
    root,
  );
  installWorker((takeOver) => {
    handheld.toast(say().update, "done", { label: say().use, run: takeOver });
  }).catch((error: unknown) => console.warn("no service worker", error));
}

Handheld.open().then(start, (error: unknown) => {
  console.error(error);
  render(<Unopened />, root);
  // A newer version may open what this one cannot.
  installWorker((takeOver) => takeOver()).catch(console.warn);
});
