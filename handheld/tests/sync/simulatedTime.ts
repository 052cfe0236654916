/** Time that passes at once: hours of waiting in a test that takes milliseconds. */

import { vi } from "vitest";

const immediately = globalThis.setImmediate;
let underWay = 0;

/** Take over the clock. The store works in immediates, which stay real and are counted. */
export function takeOverTime(start: Date): void {
  vi.useFakeTimers({ now: start, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  globalThis.setImmediate = ((act: (...given: unknown[]) => void, ...given: unknown[]) => {
    underWay += 1;
    return immediately(() => {
      underWay -= 1;
      act(...given);
    });
  }) as typeof setImmediate;
}

export function giveTimeBack(): void {
  globalThis.setImmediate = immediately;
  vi.useRealTimers();
}

/** Wait until the store has nothing to do any more. */
export async function quiet(): Promise<void> {
  do {
    await new Promise((resolve) => immediately(resolve));
  } while (underWay > 0);
}

/** Let time pass, alarm clock by alarm clock. */
export async function pass(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  await quiet();
  let isRinging = true;
  const stop = setTimeout(() => {
    isRinging = false;
  }, milliseconds);
  while (isRinging && performance.now() < end) {
    vi.advanceTimersToNextTimer();
    await quiet();
  }
  clearTimeout(stop);
}
