/** One alarm clock: setting it again replaces what it was set to. */
export class Timer {
  #handle: ReturnType<typeof setTimeout> | null = null;

  set(milliseconds: number, act: () => void): void {
    this.clear();
    this.#handle = setTimeout(() => {
      this.#handle = null;
      act();
    }, milliseconds);
  }

  clear(): void {
    if (this.#handle !== null) clearTimeout(this.#handle);
    this.#handle = null;
  }
}

/** A pause that grows with every failure and is never twice the same, in milliseconds. */
export function pauseMs(failures: number, firstMs: number, longestMs: number): number {
  const longest = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 16));
  return longest / 2 + (Math.random() * longest) / 2;
}
