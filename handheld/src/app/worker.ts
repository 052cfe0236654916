/** The service worker from the app's side: installing it, and letting a newer one take over. */

import { go } from "./route";

/**
 * Register the worker. A newer one that waits takes over when the app is started, because then
 * nobody is in the middle of anything; while it is open, `offer` is called instead.
 */
export async function installWorker(offer: (takeOver: () => void) => void): Promise<void> {
  const workers = navigator.serviceWorker;
  if (workers === undefined) return;
  let asked = false;
  const takeOver = (worker: ServiceWorker) => {
    asked = true;
    worker.postMessage("take-over");
  };
  workers.addEventListener("controllerchange", () => {
    // Also where another tab asked: its shell is gone from the cache, so all tabs go on together.
    if (asked || hadController) location.reload();
  });
  const hadController = workers.controller !== null;
  workers.addEventListener("message", (event: MessageEvent<{ type: string; number?: string }>) => {
    if (event.data.type === "open" && event.data.number) go("order", event.data.number);
  });
  const registration = await workers.register("/handheld/sw.js", { scope: "/handheld/" });
  if (registration.waiting && hadController) {
    takeOver(registration.waiting);
    return;
  }
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && workers.controller) offer(() => takeOver(fresh));
    });
  });
  setInterval(() => void registration.update().catch(() => undefined), 3600 * 1000);
}
