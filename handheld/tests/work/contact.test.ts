import { expect, test } from "vitest";
import { contactChoices, fromEstateClock, onEstateClock } from "../../src/work/contact";

const named = (now: string) =>
  contactChoices(new Date(now)).map(({ name, at }) => [name, at.toISOString()]);

test("in the morning: in an hour, this afternoon at three, tomorrow at nine, by the estate's clock", () => {
  expect(named("2026-03-02T02:00:00Z")).toEqual([
    ["hour", "2026-03-02T03:00:00.000Z"],
    ["afternoon", "2026-03-02T07:00:00.000Z"],
    ["tomorrow", "2026-03-03T01:00:00.000Z"],
  ]);
});

test("an afternoon that is over, or nearly here, is not offered", () => {
  expect(named("2026-03-02T06:45:00Z").map(([name]) => name)).toEqual(["hour", "tomorrow"]);
  expect(named("2026-03-02T12:00:00Z").map(([name]) => name)).toEqual(["hour", "tomorrow"]);
});

test("late at night tomorrow is the estate's, not Greenwich's", () => {
  expect(named("2026-03-02T17:00:00Z")).toContainEqual(["tomorrow", "2026-03-04T01:00:00.000Z"]);
});

test("a date and time field is read on the estate's clock", () => {
  expect(onEstateClock(new Date("2026-03-02T17:05:00Z"))).toBe("2026-03-03T01:05");
  expect(fromEstateClock("2026-03-03T01:05")).toEqual(new Date("2026-03-02T17:05:00Z"));
  expect(fromEstateClock("")).toBeNull();
  expect(fromEstateClock("2026-13-03T01:05")).toBeNull();
});
