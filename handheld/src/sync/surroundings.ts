/** What the browser tells of the handheld around the app: network, battery, space. */

import type { Changes } from "../store/changes";
import type { Database } from "../store/database";
import { DEFAULT_PREFERENCES, fact } from "../store/facts";
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

/** Photos may go out over the mobile network although "Wi-Fi only" was chosen, until the reload. */
let anywayOnce = false;
export function uploadAnyway(): void {
  anywayOnce = true;
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
      if (!navigator.onLine) return false;
      const chosen = (await fact(database, "preferences")) ?? DEFAULT_PREFERENCES;
      return !chosen.photosOnWifiOnly || anywayOnce || networkKind() !== "cellular";
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
