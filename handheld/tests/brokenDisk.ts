/** A disk that fails in the middle of a transaction: full, or the app was killed. */

type Write = "put" | "add" | "delete";
const WRITES: readonly Write[] = ["put", "add", "delete"];

/**
 * Run `act` while the write number `failing` (from 1) fails, and give what it threw, if it did.
 *
 * `limit` narrows this to one store.
 */
export async function withFailingWrite(
  failing: number,
  act: () => Promise<unknown>,
  limit?: string,
): Promise<unknown> {
  const store = IDBObjectStore.prototype;
  const whole = WRITES.map((name) => [name, store[name]] as const);
  let count = 0;
  for (const [name, write] of whole) {
    const broken = function (this: IDBObjectStore, ...given: never[]) {
      if ((limit === undefined || this.name === limit) && ++count === failing) {
        throw new DOMException("the disk is full", "QuotaExceededError");
      }
      return (write as (...all: never[]) => IDBRequest).apply(this, given);
    };
    store[name] = broken as never;
  }
  try {
    await act();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    for (const [name, write] of whole) store[name] = write as never;
  }
}
