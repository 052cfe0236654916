/** The plan of the handheld's own house: who imports whom, how big a module is, who knows a page. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const SRC = join(import.meta.dirname, "..", "src");
const MOST_LINES = 400;

/** A room may import itself and the rooms named here. */
const MAY_IMPORT: Record<string, string[]> = {
  engine: [],
  contract: ["engine"],
  store: ["contract", "engine"],
  queue: ["store", "contract"],
  words: ["contract"],
  work: ["queue", "store", "contract", "engine"],
  photos: ["queue", "store", "contract"],
  sync: ["queue", "store", "contract", "engine"],
  app: ["sync", "queue", "store", "contract", "words"],
  views: ["app", "sync", "photos", "work", "words", "queue", "store", "contract", "engine"],
};
/** Rooms that run in a worker or a test as well as in a page. */
const WITHOUT_PAGE = ["engine", "contract", "store", "queue", "work"];
const PAGE = /\b(document|window|location|localStorage|HTMLElement|history)\b/;

const modules = (readdirSync(SRC, { recursive: true }) as string[])
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SRC, name), "utf-8") }));

function roomOf(name: string): string {
  return name.includes("/") ? name.split("/")[0]! : "";
}

function imports({ name, text }: { name: string; text: string }): string[] {
  const found = text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g);
  return [...found].map(([, path]) => relative(SRC, join(SRC, dirname(name), path!)));
}

describe("the handheld's house", () => {
  test("has modules", () => expect(modules.length).toBeGreaterThan(40));

  test.each(modules)("$name imports only from rooms below", (module) => {
    const room = roomOf(module.name);
    const allowed = MAY_IMPORT[room];
    if (allowed === undefined) return;
    const foreign = imports(module).filter(
      (path) => roomOf(path) !== room && !allowed.includes(roomOf(path)),
    );
    expect(foreign).toEqual([]);
  });

  test.each(modules)("$name can be read at one sitting", ({ text }) => {
    expect(text.split("\n").length).toBeLessThanOrEqual(MOST_LINES);
  });

  test.each(modules)("$name says what it is responsible for", ({ name, text }) => {
    if (!name.endsWith(".d.ts")) expect(text.trimStart()).toMatch(/^\/\*\*/);
  });

  const reserve = ["store/database.ts", "store/reserve.ts"];
  test.each(modules.filter(({ name }) => !reserve.includes(name)))(
    "$name writes only with the reserve behind it (ADR 0015)",
    ({ text }) => {
      expect(text).not.toMatch(/database\.(put|add|delete|clear)\(|"readwrite"/);
    },
  );

  test.each(modules.filter(({ name }) => WITHOUT_PAGE.includes(roomOf(name))))(
    "$name knows nothing of a page",
    ({ text }) => {
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|"[^"\n]*"/gm, "");
      expect(code).not.toMatch(PAGE);
    },
  );
});
