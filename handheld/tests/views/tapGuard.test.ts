/** One tap is one act, also where it bounces onto the next control. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TapGuard } from "../../src/views/parts/tapGuard";

let guard: TapGuard;

beforeEach(() => {
  vi.useFakeTimers();
  guard = new TapGuard();
});

afterEach(() => {
  vi.useRealTimers();
});

test("a tap that bounces onto the control that comes up next records nothing", () => {
  expect(guard.begin(false)).toBe(true);
  expect(guard.begin(false)).toBe(false);
  guard.end(false, true);
  vi.advanceTimersByTime(300);
  expect([guard.busy.value, guard.begin(false)]).toEqual([true, false]);
  vi.advanceTimersByTime(200);
  expect([guard.busy.value, guard.begin(false)]).toEqual([false, true]);
});

test("what was not kept may be tried again at once", () => {
  guard.begin(false);
  guard.end(false, false);
  expect(guard.begin(false)).toBe(true);
});

test("an alarm waits for no other act, and is raised once (R-029)", () => {
  guard.begin(false);
  expect(guard.begin(true)).toBe(true);
  expect(guard.begin(true)).toBe(false);
  guard.end(false, true);
  guard.end(true, true);
  expect(guard.begin(true)).toBe(true);
});
