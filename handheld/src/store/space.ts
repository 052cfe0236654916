/** How much room this handheld has, and whether that is getting tight. */

import type { ReserveState } from "./reserve";

export interface Space {
  usedBytes: number;
  quotaBytes: number;
  freeBytes: number;
  /** The browser promised not to clear us away. */
  persisted: boolean;
}

const MB = 1024 * 1024;
const LOW_BYTES = 500 * MB;
const LOW_SHARE = 0.8;
const CRITICAL_BYTES = 100 * MB;
const CRITICAL_SHARE = 0.95;

/** "critical": the next picture may not fit. */
export type SpaceWarning = "low" | "critical";

/** `space` is what the browser tells; Chromium always tells that there is plenty. */
export function spaceWarning(space: Space | null, reserve: ReserveState): SpaceWarning | null {
  if (reserve === "spent") return "critical";
  if (space === null) return null;
  const { usedBytes, quotaBytes, freeBytes } = space;
  if (freeBytes < CRITICAL_BYTES || usedBytes > CRITICAL_SHARE * quotaBytes) return "critical";
  return freeBytes < LOW_BYTES || usedBytes > LOW_SHARE * quotaBytes ? "low" : null;
}

/** What the browser tells of its room; null where it does not tell. */
export async function measureSpace(): Promise<Space | null> {
  const storage = globalThis.navigator?.storage;
  const { usage, quota } = (await storage?.estimate?.()) ?? {};
  if (usage === undefined || quota === undefined) return null;
  return {
    usedBytes: usage,
    quotaBytes: quota,
    freeBytes: Math.max(0, quota - usage),
    persisted: (await storage.persisted?.()) ?? false,
  };
}

/**
 * Ask the browser to keep what is here when the phone runs out of room; whether it will.
 *
 * It may agree later, once the app is installed or much used: so it is asked at each start.
 */
export async function persist(): Promise<boolean> {
  const storage = globalThis.navigator?.storage;
  try {
    return (await storage?.persisted?.()) || ((await storage?.persist?.()) ?? false);
  } catch {
    return false;
  }
}
