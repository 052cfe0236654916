/** Where the handheld is while its camera is open. It never holds up a picture. */

import type { FieldSettings } from "../contract/wire";
import type { Preferences } from "../store/facts";
import type { Place } from "./exif";

const OLDEST_MS = 120_000;
const TIMEOUT_MS = 15_000;

/** A place is kept only where the installation asks for it and the technician agreed. */
export function mayKeepPlace(
  settings: Pick<FieldSettings, "photo"> | null,
  preferences: Pick<Preferences, "keepPlace">,
): boolean {
  return preferences.keepPlace && settings?.photo.keep_place === true;
}

export interface Whereabouts {
  /** The place as last found; null where it is not known or too old. */
  latest(): Place | null;
  stop(): void;
}

/** Look for the place from now on. */
export function whereabouts(): Whereabouts {
  let found: GeolocationPosition | null = null;
  const { geolocation } = navigator;
  const watch = geolocation?.watchPosition(
    (position) => {
      found = position;
    },
    () => undefined,
    { enableHighAccuracy: true, maximumAge: OLDEST_MS, timeout: TIMEOUT_MS },
  );
  return {
    latest: () => {
      if (found === null || Date.now() - found.timestamp > OLDEST_MS) return null;
      return { latitude: found.coords.latitude, longitude: found.coords.longitude };
    },
    stop: () => {
      if (watch !== undefined) geolocation.clearWatch(watch);
    },
  };
}
