import { describe, expect, test } from "vitest";
import { countAll } from "../../src/queue/counts";
import { confirm, KEPT_FOR_MS, seal, settle } from "../../src/queue/outgoing";
import {
  alsoServes,
  confirmPhotos,
  discardPhoto,
  forgetDone,
  isUpAlready,
  markRefused,
  markSent,
  nextToUpload,
  ordersToConfirm,
  photosOf,
  releasePhotos,
} from "../../src/queue/pictures";
import type { Database, HeldPhoto } from "../../src/store/database";
import { draftKey, keepDraft } from "../../src/store/drafts";
import { putAway, takeSnapshot } from "../../src/store/orders";
import { withFailingWrite } from "../brokenDisk";
import { DEVICE, freshDatabase, MORNING, ORDER, say, snapshot, takePhoto } from "../trade";

const NOW = MORNING.getTime();
const DAY_MS = 24 * 3600 * 1000;
const SHA = "a".repeat(64);

async function bytesHere(database: Database): Promise<string[]> {
  return (await database.getAllKeys("bytes")).map((sha) => sha.slice(0, 1));
}

/** A picture that is evidence of an act and has gone up. */
async function sent(
  database: Database,
  changes: Parameters<typeof takePhoto>[1] = {},
): Promise<HeldPhoto> {
  const picture = await takePhoto(database, changes);
  const subject = picture.order === "" ? null : picture.order;
  await say(database, "order.opened", {}, { photos: [picture.id], subject });
  await markSent(database, picture.id, NOW);
  return (await database.get("photos", picture.id))!;
}

function receipt(...photos: { sha256?: string; size?: number }[]) {
  return {
    number: ORDER,
    photos: photos.map(({ sha256 = SHA, size = 1000 }) => ({
      sha256,
      size,
      step: "GWH-01",
      tag: "before",
    })),
  };
}

describe("keeping pictures", () => {
  test("the same one twice is one", async () => {
    const database = await freshDatabase();
    const first = await takePhoto(database);
    const second = await takePhoto(database);
    expect(second.id).toBe(first.id);
    expect(await photosOf(database, ORDER)).toHaveLength(1);
  });

  test("the same bytes under two tags lie here once, until the last of them is thrown away", async () => {
    const database = await freshDatabase();
    const one = await takePhoto(database, { tag: "old_part" });
    const other = await takePhoto(database, { tag: "new_part" });
    expect(await discardPhoto(database, one.id)).toBe(true);
    expect(await bytesHere(database)).toEqual(["a"]);
    expect(await discardPhoto(database, other.id)).toBe(true);
    expect(await bytesHere(database)).toEqual([]);
    expect(await discardPhoto(database, other.id)).toBe(false);
  });

  test.each([1, 2, 3])("on a full disk nothing is half kept (write %i)", async (failing) => {
    const database = await freshDatabase();
    const error = await withFailingWrite(failing, () => takePhoto(database));
    expect(error).toMatchObject({ name: "QuotaExceededError" });
    for (const store of ["photos", "bytes", "thumbnails"] as const) {
      expect(await database.count(store)).toBe(0);
    }
    await takePhoto(database);
    expect(await bytesHere(database)).toEqual(["a"]);
  });

  test("what is part of an act is not thrown away, what the server refused is", async () => {
    const database = await freshDatabase();
    const picture = await takePhoto(database);
    await say(database, "order.opened", {}, { photos: [picture.id] });
    expect(await discardPhoto(database, picture.id)).toBe(false);
    await markRefused(database, picture.id, { rule: "P-17" }, NOW);
    expect((await photosOf(database, ORDER))[0]).toMatchObject({
      state: "refused",
      problem: { rule: "P-17" },
    });
    expect(await discardPhoto(database, picture.id)).toBe(true);
    expect(await bytesHere(database)).toEqual([]);
  });

  test("one that was taken back while it went up stays kept", async () => {
    const database = await freshDatabase();
    const picture = await takePhoto(database);
    await markSent(database, picture.id, NOW);
    await markRefused(database, picture.id, {}, NOW);
    expect((await photosOf(database, ORDER))[0]!.state).toBe("kept");
    expect(await nextToUpload(database, NOW)).toBeNull();
  });

  test("under two tags of one step it has to travel once", async () => {
    const database = await freshDatabase();
    await sent(database, { tag: "old_part" });
    const twin = await takePhoto(database, { tag: "new_part" });
    const elsewhere = await takePhoto(database, { step: "GWH-02" });
    expect(await isUpAlready(database, twin)).toBe(true);
    expect(await isUpAlready(database, elsewhere)).toBe(false);
  });
});

describe("what the server's receipt does", () => {
  test("frees the bytes of what it names with the same size, and nothing else", async () => {
    const database = await freshDatabase();
    await sent(database);
    await sent(database, { sha256: "b".repeat(64), tag: "after" });
    const waiting = await takePhoto(database, { sha256: "c".repeat(64), tag: "seal" });
    await say(database, "order.opened", {}, { photos: [waiting.id] });
    const outcome = await confirmPhotos(
      database,
      receipt({}, { sha256: "b".repeat(64), size: 999 }, { sha256: "c".repeat(64) }),
      NOW,
    );
    expect(outcome).toEqual({ freed: 1, again: 1 });
    expect((await photosOf(database, ORDER)).map((one) => one.state)).toEqual([
      "verified",
      "waiting",
      "waiting",
    ]);
    expect(await bytesHere(database)).toEqual(["b", "c"]);
    expect(await confirmPhotos(database, receipt({}), NOW)).toEqual({ freed: 0, again: 0 });
  });

  test("bytes that another picture still needs stay", async () => {
    const database = await freshDatabase();
    await sent(database, { tag: "old_part" });
    await takePhoto(database, { order: "FW-202603-0002" });
    await confirmPhotos(database, receipt({}), NOW);
    expect(await bytesHere(database)).toEqual(["a"]);
  });

  test("what goes up in vain goes up again with longer and longer pauses", async () => {
    const database = await freshDatabase();
    const { id } = await sent(database);
    let now = NOW;
    const pauses: number[] = [];
    for (let round = 0; round < 8; round++) {
      expect(await confirmPhotos(database, receipt(), now)).toEqual({ freed: 0, again: 1 });
      expect(await nextToUpload(database, now)).toBeNull();
      const { notBefore } = (await database.get("photos", id))!;
      pauses.push((notBefore - now) / 1000);
      now = notBefore;
      expect((await nextToUpload(database, now))?.id).toBe(id);
      await markSent(database, id, now);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 240, 240, 240]);
    expect(await bytesHere(database)).toEqual(["a"]);
  });

  test("it is asked for once everything of the order is up and answered", async () => {
    const database = await freshDatabase();
    const picture = await takePhoto(database);
    const act = await say(database, "order.opened", {}, { photos: [picture.id] });
    expect(await ordersToConfirm(database)).toEqual([]);
    await markSent(database, picture.id, NOW);
    expect(await ordersToConfirm(database)).toEqual([]);
    await seal(database, DEVICE, NOW);
    const answer = { order_version: 2, server_time: "" };
    await settle(database, { event: act.id, outcome: "applied", ...answer }, NOW);
    expect(await ordersToConfirm(database)).toEqual([ORDER]);
    await confirm(database, ORDER, new Set([act.id]));
    expect(await ordersToConfirm(database)).toEqual([ORDER]);
    await confirmPhotos(database, receipt({}), NOW);
    expect(await ordersToConfirm(database)).toEqual([]);
    expect(await countAll(database)).toMatchObject({ here: 0, arrived: 0, verified: 2 });
  });

  test("for a refusal, which may stand in none, it is not asked for", async () => {
    const database = await freshDatabase();
    const act = await say(database, "order.opened", {});
    await seal(database, DEVICE, NOW);
    const answer = { order_version: 2, server_time: "" };
    await settle(database, { event: act.id, outcome: "rejected", ...answer }, NOW);
    expect(await ordersToConfirm(database)).toEqual([]);
    expect(await countAll(database)).toMatchObject({ arrived: 1, unread: 1 });
  });
});

describe("when an order has left", () => {
  test("what the server has not confirmed stays, however long ago it was", async () => {
    const database = await freshDatabase();
    await takeSnapshot(database, snapshot(), NOW);
    await sent(database);
    const waiting = await takePhoto(database, { sha256: "b".repeat(64) });
    await say(database, "order.opened", {}, { photos: [waiting.id] });
    await putAway(database, ORDER, "已收回", NOW);
    await forgetDone(database, NOW + 30 * DAY_MS);
    expect(await bytesHere(database)).toEqual(["a", "b"]);
    await markSent(database, waiting.id, NOW);
    await confirmPhotos(database, receipt({}, { sha256: "b".repeat(64) }), NOW);
    await forgetDone(database, NOW);
    expect(await database.count("photos")).toBe(0);
    expect(await database.count("thumbnails")).toBe(0);
  });

  test("unused pictures and drafts stay for a day: the desk may have been wrong", async () => {
    const database = await freshDatabase();
    await takeSnapshot(database, snapshot(), NOW);
    await takePhoto(database);
    await keepDraft(database, draftKey(ORDER, "inspection"), ORDER, "阀门锈死");
    await forgetDone(database, NOW + 30 * DAY_MS);
    await putAway(database, ORDER, "已收回", NOW);
    await forgetDone(database, NOW + DAY_MS - 1);
    expect([await database.count("photos"), await database.count("drafts")]).toEqual([1, 1]);
    await forgetDone(database, NOW + DAY_MS);
    expect([await database.count("photos"), await database.count("drafts")]).toEqual([0, 0]);
    expect(await bytesHere(database)).toEqual([]);
  });

  test("pictures of an incident without an order go a week after they went up", async () => {
    const database = await freshDatabase();
    await sent(database, { order: "", step: "" });
    await takePhoto(database, { order: "", step: "", sha256: "b".repeat(64) });
    await forgetDone(database, NOW + KEPT_FOR_MS);
    expect(await bytesHere(database)).toEqual(["a", "b"]);
    await forgetDone(database, NOW + KEPT_FOR_MS + 1);
    expect(await bytesHere(database)).toEqual(["b"]);
  });
});

describe("a picture taken after its step was recorded", () => {
  test("goes up without an act, once it can no longer be taken back", async () => {
    const database = await freshDatabase();
    const picture = await takePhoto(database);
    await releasePhotos(database, [picture.id], NOW + 5000);
    expect(await nextToUpload(database, NOW)).toBeNull();
    expect((await nextToUpload(database, NOW + 5001))?.id).toBe(picture.id);
    expect((await photosOf(database, ORDER))[0]).toMatchObject({ state: "waiting", act: null });
  });

  test("may be thrown away until its upload has begun", async () => {
    const database = await freshDatabase();
    const [one, other] = [
      await takePhoto(database),
      await takePhoto(database, { sha256: "b".repeat(64) }),
    ];
    await releasePhotos(database, [one.id, other.id], NOW);
    await database.put("photos", {
      ...(await database.get("photos", other.id))!,
      url: "https://example.org/field/v1/photos/1",
    });
    expect(await discardPhoto(database, one.id)).toBe(true);
    expect(await discardPhoto(database, other.id)).toBe(false);
    expect(await bytesHere(database)).toEqual(["b"]);
  });

  test("that belongs to an act is not released again", async () => {
    const database = await freshDatabase();
    const picture = await takePhoto(database);
    await say(database, "order.opened", {}, { photos: [picture.id] });
    const before = await database.get("photos", picture.id);
    await releasePhotos(database, [picture.id], NOW + 5000);
    expect(await database.get("photos", picture.id)).toEqual(before);
    expect(await discardPhoto(database, picture.id)).toBe(false);
  });
});

describe("old and new part in one frame", () => {
  test("one picture serves both tags of its step, its bytes lie here once", async () => {
    const database = await freshDatabase();
    const picture = await takePhoto(database, { step: "LAMP-09", tag: "old_part" });
    expect(await alsoServes(database, picture.id, "new_part")).toBe(true);
    expect(await alsoServes(database, picture.id, "new_part")).toBe(false);
    const kept = await photosOf(database, ORDER);
    expect(kept.map(({ tag, sha256 }) => [tag, sha256])).toEqual([
      ["old_part", SHA],
      ["new_part", SHA],
    ]);
    await discardPhoto(database, picture.id);
    expect(await bytesHere(database)).toEqual(["a"]);
  });
});
