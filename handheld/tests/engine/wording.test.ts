/** Both engines have the same words, and say the same sentences. */

import { expect, test } from "vitest";
import { COMPARISONS, GOOD, KINDS, PHOTO_TAGS, STATUSES } from "../../src/engine/vocabulary";
import { MISSING, missing, REFUSALS, reason } from "../../src/engine/wording";
import { fromPython } from "./python";

test("every sentence is the server's", () => {
  const told = fromPython(
    "{'refusals': wording.REFUSALS, 'missing': wording.MISSING}",
    "checklists.wording as wording",
  );
  expect({ refusals: REFUSALS, missing: MISSING }).toEqual(told);
});

test("the closed lists are the server's", () => {
  const lists = fromPython(
    "[list(words.Kind), list(words.Status), sorted(words.GOOD), words.PHOTO_TAGS, words.COMPARISONS]",
    "checklists.vocabulary as words",
  );
  expect([KINDS, STATUSES, [...GOOD].sort(), [...PHOTO_TAGS], COMPARISONS]).toEqual(lists);
});

test("a sentence names what it is about", () => {
  expect(reason("locked", "LAMP-06", null, { lockers: "LAMP-05" })).toEqual({
    code: "locked",
    rule: null,
    step: "LAMP-06",
    zh: "须先确认安全步骤 LAMP-05",
    en: "Safety step LAMP-05 has to be confirmed first",
  });
  expect(missing("photo", "LAMP-09", "old_part").en).toBe("LAMP-09 lacks a photo: old_part");
  expect(missing("one-of", "TAP-02", null, { group: "TAP-02, TAP-03" }).zh).toBe(
    "TAP-02, TAP-03 中至少登记一项",
  );
});
