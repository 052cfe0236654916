/** Said before it gets tight, so that there is still time to do something. */

import { expect, it } from "vitest";
import type { Template } from "../../src/engine/template";
import { keepPhoto, photosOf } from "../../src/queue/pictures";
import { openDatabase } from "../../src/store/database";
import { draft, keepDraft } from "../../src/store/drafts";
import { fact, remember } from "../../src/store/facts";
import { keepTemplate } from "../../src/store/orders";
import { layReserve, reserveState, spendReserve } from "../../src/store/reserve";
import { spaceWarning } from "../../src/store/space";
import { withFailingWrite } from "../brokenDisk";

const GB = 1024 ** 3;
const MB = 1024 ** 2;

function space(usedBytes: number, quotaBytes: number) {
  return { usedBytes, quotaBytes, freeBytes: quotaBytes - usedBytes, persisted: true };
}

it.each([
  [1 * GB, 10 * GB, null],
  [8.1 * GB, 10 * GB, "low"],
  [1 * GB, 1.4 * GB, "low"],
  [96 * GB, 100 * GB, "critical"],
  [1 * GB, 1 * GB + 99 * MB, "critical"],
  [0, 0, "critical"],
])("%d bytes of %d: %s", (usedBytes, quotaBytes, warning) => {
  expect(spaceWarning(space(usedBytes, quotaBytes), "whole")).toBe(warning);
});

it("is told by the reserve where the browser does not tell", () => {
  expect(spaceWarning(space(0, 10 * GB), "spent")).toBe("critical");
  expect(spaceWarning(null, "spent")).toBe("critical");
  expect(spaceWarning(null, "not yet")).toBeNull();
});

it("sets room aside once, lets go of it once, and says so until it is there again", async () => {
  expect(await reserveState()).toBe("not yet");
  expect(await layReserve()).toBe("whole");
  expect(await layReserve()).toBe("whole");
  expect(await spendReserve()).toBe(true);
  expect(await reserveState()).toBe("spent");
  expect(await spendReserve()).toBe(false);
  expect(await layReserve()).toBe("whole");
});

it("is there for what is typed, for what is remembered and for a checklist", async () => {
  const database = await openDatabase("full of words");
  await layReserve();
  const type = () => keepDraft(database, "/incident", "", "地面积水");
  expect(await withFailingWrite(1, type, "drafts")).toBeUndefined();
  expect(await draft(database, "/incident")).toBe("地面积水");
  await layReserve();
  const learn = () => remember(database, "epoch", "e2");
  expect(await withFailingWrite(1, learn, "facts")).toBeUndefined();
  expect(await fact(database, "epoch")).toBe("e2");
  await layReserve();
  const fetch = () => keepTemplate(database, "CL-LAMP@1", {} as Template);
  expect(await withFailingWrite(1, fetch, "templates")).toBeUndefined();
  expect(await database.getKey("templates", "CL-LAMP@1")).toBe("CL-LAMP@1");
  await layReserve();
});

it("is there for the write that no longer fits", async () => {
  const database = await openDatabase("full");
  const taken = {
    order: "FW-202603-0001",
    step: "LAMP-01",
    tag: "before",
    sha256: "aa",
    filetype: "image/jpeg",
    takenAt: "2026-03-05T04:30:00.000Z",
    bytes: new ArrayBuffer(100),
    thumbnail: new ArrayBuffer(10),
  };
  const keep = () => keepPhoto(database, taken);
  expect(await withFailingWrite(1, keep, "photos")).toBeUndefined();
  expect(await photosOf(database, taken.order)).toHaveLength(1);
  expect(await reserveState()).toBe("spent");

  const another = () => keepPhoto(database, { ...taken, sha256: "bb" });
  expect(await withFailingWrite(1, another, "photos")).toMatchObject({
    name: "QuotaExceededError",
  });
  expect(await photosOf(database, taken.order)).toHaveLength(1);
});
