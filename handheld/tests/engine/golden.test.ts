/** This engine says what the golden vectors say, as the server's does. */

import { expect, test } from "vitest";
import { loadVectors, replay } from "./golden";
import { fromPython } from "./python";

const vectors = loadVectors();

test("there are as many vectors here as the server has", () => {
  const count = fromPython<number>(
    "len(list(golden.load_vectors()))",
    "checklists.golden as golden",
  );
  expect(vectors.length).toBe(count);
  expect(new Set(vectors.map((vector) => `${vector.file}: ${vector.name}`)).size).toBe(count);
});

for (const vector of vectors) {
  test(`${vector.file}: ${vector.name}`, () => {
    expect(replay(vector)).toStrictEqual(vector.expect);
  });
}
