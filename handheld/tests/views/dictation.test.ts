import { expect, test } from "vitest";
import { LONGEST_TEXT, withSpoken } from "../../src/views/parts/dictation";

test("what is said goes behind what was typed, and never over what the server takes", () => {
  expect(withSpoken("", "地面积水", 200)).toBe("地面积水");
  expect(withSpoken("大堂", "地面积水", 200)).toBe("大堂 地面积水");
  expect(withSpoken("x".repeat(1999), "很长", LONGEST_TEXT)).toHaveLength(2000);
  expect(withSpoken("ab", "\u{1F6B0}", 4)).toBe("ab ");
});
