/** Text counts as it counts for the server, letter by letter. */

import { expect, test } from "vitest";
import { begin, folded, inOrder, isBlank, lengthOf, withoutSpace } from "../../src/engine/text";
import { fromPython } from "./python";

// Every letter that Python knows; the platform may know a newer Unicode with more of them.
const LETTERS = "[chr(i) for i in range(0x20000) if data.category(chr(i)) not in ('Cn', 'Cs')]";
const FOLDED = "''.join(data.normalize('NFKC', c).casefold().split())";

test("letters are the same for a specification when they are for the server", () => {
  const letters = fromPython<[string, string][]>(
    `[[c, ${FOLDED}] for c in ${LETTERS}]`,
    "unicodedata as data",
  );
  const here = new Map<string, string>();
  const there = new Map<string, string>();
  const strangers = letters.filter(([letter, theirs]) => {
    const ours = withoutSpace(folded(letter));
    const twins = [here.get(ours) ?? theirs, there.get(theirs) ?? ours];
    here.set(ours, theirs);
    there.set(theirs, ours);
    return twins[0] !== theirs || twins[1] !== ours;
  });
  expect(strangers).toEqual([]);
  expect(letters.length).toBeGreaterThan(80_000);
});

test("a sign beyond the basic plane is one, and comes last", () => {
  expect(lengthOf("😀长")).toBe(2);
  expect(begin("😀😀😀", 2)).toBe("😀😀");
  expect(inOrder(["😀", "\uffff", "b", "ab", "a"])).toEqual(["a", "ab", "b", "\uffff", "😀"]);
});

test("white space says nothing, a byte order mark does", () => {
  expect([undefined, null, "", " \t\u3000\u001c\u0085"].map(isBlank)).toEqual(Array(4).fill(true));
  expect(["\ufeff", "\u200b", "-"].map(isBlank)).toEqual(Array(3).fill(false));
});
