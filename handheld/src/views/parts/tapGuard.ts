/** A second tap of the same finger is not a second act, whatever control stands there by then. */

import { signal } from "@preact/signals";

/** A tap bounces within this; whoever means the next control takes longer to find it. */
const BOUNCE_MS = 400;

/** One for all controls that record something. */
export class TapGuard {
  /** Whether something is being recorded, or was a moment ago. */
  readonly busy = signal(false);
  #isAlarming = false;
  #rest: ReturnType<typeof setTimeout> | undefined;

  /** Whether it may be recorded now. An alarm waits for nothing but itself. */
  begin(isAlarm: boolean): boolean {
    if (isAlarm ? this.#isAlarming : this.busy.peek()) return false;
    if (isAlarm) this.#isAlarming = true;
    clearTimeout(this.#rest);
    this.busy.value = true;
    return true;
  }

  /** What was not kept may be tried again at once. */
  end(isAlarm: boolean, isKept: boolean): void {
    if (isAlarm) this.#isAlarming = false;
    clearTimeout(this.#rest);
    if (!isKept) this.busy.value = false;
    else this.#rest = setTimeout(() => (this.busy.value = false), BOUNCE_MS);
  }
}
