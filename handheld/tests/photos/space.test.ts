/** Said before it gets tight, so that there is still time to do something. */

import { expect, it } from "vitest";
import { spaceWarning } from "../../src/store/space";

const GB = 1024 ** 3;
const MB = 1024 ** 2;

function space(usedBytes: number, quotaBytes: number) {
  return { usedBytes, quotaBytes, freeBytes: quotaBytes - usedBytes, persisted: true };
}

it.each([
  [1 * GB, 10 * GB, null],
  [8.1 * GB, 10 * GB, "low"],
  [1 * GB, 1.4 * GB, "low"],
  [96 * GB, 100 * GB, "critical"],
  [1 * GB, 1 * GB + 99 * MB, "critical"],
  [0, 0, "critical"],
])("%d bytes of %d: %s", (usedBytes, quotaBytes, warning) => {
  expect(spaceWarning(space(usedBytes, quotaBytes))).toBe(warning);
});
