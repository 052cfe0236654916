/** Whatever is recorded, in whatever order: this engine and the server's say the same. */

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drawEntry } from "./entries";
import { CATALOGUE, type Entry, freshRun, loadVectors, type Said, Walk } from "./golden";
import { Server } from "./python";

const WALKS = 300;
const PATIENCE_MS = 60_000;
const codes = [...CATALOGUE.keys()];
const vectors = loadVectors();

let server: Server;

beforeAll(() => {
  server = new Server();
});

afterAll(() => {
  server.close();
});

/** A template, and what was recorded of it before: nothing, or what leads up to a vector. */
const beginnings = fc.oneof(
  fc.constantFrom(...codes).map((template) => ({ template, given: [] })),
  fc
    .constantFrom(...codes)
    .chain((template) =>
      fc.constantFrom(...vectors.filter((vector) => vector.template === template)),
    ),
);

test(
  `${WALKS} walks through the catalogue are judged alike`,
  async () => {
    const walks = fc.asyncProperty(
      beginnings,
      fc.integer({ min: 3, max: 20 }),
      fc.gen(),
      async ({ template, given }, length, draw) => {
        const walk = new Walk(freshRun(template));
        const entries: Entry[] = [...given];
        const said = entries.map((entry) => walk.play(entry));
        while (said.length < given.length + length) {
          const entry = drawEntry(draw, walk);
          entries.push(entry);
          said.push(walk.play(entry));
        }
        const told = await server.play(template, entries);
        said.forEach((one, place) => {
          const after = `${template} after ${JSON.stringify(entries.slice(0, place + 1))}`;
          expect(comparable(one), after).toStrictEqual(comparable(told[place]!));
        });
      },
    );
    await fc.assert(walks, { numRuns: WALKS, interruptAfterTimeLimit: PATIENCE_MS / 2 });
  },
  PATIENCE_MS,
);

/** Leave out the one sentence that quotes a value as the language at hand prints it. */
function comparable(said: Said): Said {
  const isQuoting = (said.refused as string[] | undefined)?.includes("unknown-choice");
  return isQuoting ? { ...said, words: [] } : said;
}
