/** What the browser tells of the handheld around the app: network, battery, space. */

import type { Changes } from "../store/changes";
import type { Database } from "../store/database";
import { DEFAULT_PREFERENCES, fact, remember } from "../store/facts";
import { mqttConnect } from "./mqttWire";
import type { Surroundings } from "./sync";

interface NetworkInformation extends EventTarget {
  type?: string;
  effectiveType?: string;
}
interface Battery {
  level: number;
}
type Browser = Navigator & {
  connection?: NetworkInformation;
  getBattery?: () => Promise<Battery>;
};

const ANYWAY_FOR_MS = 60 * 60 * 1000;

/**
 * Let photos out over the mobile network for an hour although "Wi-Fi only" was chosen. Kept in the
 * store, since another tab may be the one that speaks to the server.
 */
export async function uploadAnyway(database: Database, now: number = Date.now()): Promise<void> {
  await remember(database, "upload_anyway_until", now + ANYWAY_FOR_MS);
}

/** Whether photos may go over this kind of network; null where the browser does not tell. */
export async function maySendPhotos(
  database: Database,
  network: string | null,
  now: number = Date.now(),
): Promise<boolean> {
  const chosen = (await fact(database, "preferences")) ?? DEFAULT_PREFERENCES;
  if (!chosen.photosOnWifiOnly || network !== "cellular") return true;
  const left = ((await fact(database, "upload_anyway_until")) ?? 0) - now;
  // A clock that was set back makes no hour longer.
  return left > 0 && left <= ANYWAY_FOR_MS;
}

/** Somebody will not wait for the next try: do now, in whichever tab speaks to the server. */
export function sendNow(changes: Changes): void {
  dispatchEvent(new Event("online"));
  changes.announce("acts", "photos");
}

/** "wifi", "cellular" and so on where the browser tells; null where it does not. */
export function networkKind(): string | null {
  return (navigator as Browser).connection?.type ?? null;
}

export function surroundings(database: Database): Surroundings {
  const browser = navigator as Browser;
  return {
    appVersion: __APP_VERSION__,
    connect: mqttConnect,
    batteryPercent: async () => {
      const battery = await browser.getBattery?.().catch(() => undefined);
      return battery === undefined ? null : Math.round(battery.level * 100);
    },
    mayUpload: async () => {
      return navigator.onLine && (await maySendPhotos(database, networkKind()));
    },
    onNetwork: (changed) => {
      addEventListener("online", changed);
      addEventListener("offline", changed);
      browser.connection?.addEventListener("change", changed);
      const seen = () => {
        if (document.visibilityState === "visible") changed();
      };
      document.addEventListener("visibilitychange", seen);
      return () => {
        removeEventListener("online", changed);
        removeEventListener("offline", changed);
        browser.connection?.removeEventListener("change", changed);
        document.removeEventListener("visibilitychange", seen);
      };
    },
    isOnline: () => navigator.onLine,
  };
}
