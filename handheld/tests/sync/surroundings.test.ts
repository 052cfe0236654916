/** Photos and the mobile network: what one tab was told holds in the tab that sends. */

import { expect, test } from "vitest";
import { DEFAULT_PREFERENCES, remember } from "../../src/store/facts";
import { maySendPhotos, uploadAnyway } from "../../src/sync/surroundings";
import { freshDatabase, MORNING, reopened } from "../trade";

const NOW = MORNING.getTime();
const HOUR_MS = 3_600_000;

test("Wi-Fi only holds photos on the mobile network, until somebody lets them out", async () => {
  let database = await freshDatabase();
  expect(await maySendPhotos(database, "cellular", NOW)).toBe(true);
  await remember(database, "preferences", { ...DEFAULT_PREFERENCES, photosOnWifiOnly: true });
  expect(await maySendPhotos(database, "cellular", NOW)).toBe(false);
  expect(await maySendPhotos(database, "wifi", NOW)).toBe(true);

  await uploadAnyway(database, NOW);
  database = await reopened(database);
  expect(await maySendPhotos(database, "cellular", NOW + 1)).toBe(true);
  expect(await maySendPhotos(database, "cellular", NOW + HOUR_MS)).toBe(false);
  expect(await maySendPhotos(database, "cellular", NOW - HOUR_MS)).toBe(false);
});
