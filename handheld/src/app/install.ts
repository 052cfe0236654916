/** The browser's offer to put the app on the home screen, kept until somebody wants it. */

import { signal } from "@preact/signals";

interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

export const installOffer = signal<InstallOffer | null>(null);

/** The offer comes once, soon after the start: listen before anything is shown. */
export function listenForInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    installOffer.value = event as InstallOffer;
  });
  addEventListener("appinstalled", () => {
    installOffer.value = null;
  });
}

export async function install(): Promise<void> {
  const offer = installOffer.value;
  // A browser takes its offer back once it was used.
  installOffer.value = null;
  await offer?.prompt();
}

export function isInstalled(): boolean {
  return matchMedia("(display-mode: standalone)").matches;
}
