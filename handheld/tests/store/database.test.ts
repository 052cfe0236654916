/** The store that is taken away while the app runs: it is said, and nothing is lost. */

import { forceCloseDatabase } from "fake-indexeddb";
import { unwrap } from "idb";
import { expect, test } from "vitest";
import { openDatabase, type Taken } from "../../src/store/database";
import { freshName } from "../trade";

test("closed by the browser, it is said, so that the technician reloads", async () => {
  const why: Taken[] = [];
  const database = await openDatabase(freshName(), (reason) => why.push(reason));
  forceCloseDatabase(unwrap(database) as never);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(why).toEqual(["closed"]);
});
