/** Keeping pictures: one for two tags, one instead of another, and what the photo counters say. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mayKeepPlace } from "../../src/photos/place";
import { fitted } from "../../src/photos/prepare";
import {
  confirmPhotos,
  discardPhoto,
  keepPhoto,
  markRefused,
  markSent,
  type NewPhoto,
  photosOf,
} from "../../src/queue/pictures";
import { type Database, type HeldPhoto, openDatabase, writing } from "../../src/store/database";
import { bySha256 } from "../../src/views/photos/orderPhotos";
import { furthestBehind, percentUp } from "../../src/views/photos/photoState";

const ORDER = "FW-202603-0001";
const NOW = Date.parse("2026-03-05T05:00:00Z");

/** As recording the step does: from here on it is sent. */
async function isPartOfAct(database: Database, id: number): Promise<void> {
  await writing(database, ["photos"], async (transaction) => {
    const photos = transaction.objectStore("photos");
    await photos.put({ ...(await photos.get(id))!, state: "waiting" });
  });
}

function picture(sha256: string, tag = "old_part"): NewPhoto {
  return {
    order: ORDER,
    step: "LAMP-09",
    tag,
    sha256,
    filetype: "image/jpeg",
    takenAt: "2026-03-05T04:30:00.000Z",
    bytes: new ArrayBuffer(100),
    thumbnail: new ArrayBuffer(10),
  };
}

let database: Database;
let opened = 0;
beforeEach(async () => {
  database = await openDatabase(`pictures-${++opened}`);
});
afterEach(() => database.close());

const bytesHere = () => database.getAllKeys("bytes");
const receipt = (...shas: string[]) => ({
  number: ORDER,
  photos: shas.map((sha256) => ({ sha256, size: 100, step: "LAMP-09", tag: "old_part" })),
});

/** The same shot under both tags. */
async function keepPair(): Promise<[HeldPhoto, HeldPhoto]> {
  return [
    await keepPhoto(database, picture("aa")),
    await keepPhoto(database, picture("aa", "new_part")),
  ];
}

describe("old and new part in one picture", () => {
  it("is kept under both tags, its bytes once", async () => {
    const photos = await keepPair();
    expect(photos.map(({ tag, sha256 }) => [tag, sha256])).toEqual([
      ["old_part", "aa"],
      ["new_part", "aa"],
    ]);
    expect(await bytesHere()).toEqual(["aa"]);
    expect(await keepPair()).toEqual(photos);
    expect(await photosOf(database, ORDER)).toHaveLength(2);
  });

  it("gives its room back only when both are verified", async () => {
    const [old, fresh] = await keepPair();
    await isPartOfAct(database, old.id);
    await isPartOfAct(database, fresh.id);
    await markSent(database, old.id, 1);
    await confirmPhotos(database, receipt("aa"), NOW);
    expect(await bytesHere()).toEqual(["aa"]);
    await markSent(database, fresh.id, 2);
    await confirmPhotos(database, receipt("aa"), NOW);
    expect(await bytesHere()).toEqual([]);
    expect((await photosOf(database, ORDER)).map(({ state }) => state)).toEqual([
      "verified",
      "verified",
    ]);
  });

  it("loses no bytes that the other still needs, and keeps none that neither does", async () => {
    const [old, fresh] = await keepPair();
    await discardPhoto(database, fresh.id);
    expect(await bytesHere()).toEqual(["aa"]);
    const again = await keepPhoto(database, picture("aa", "new_part"));
    await isPartOfAct(database, old.id);
    await isPartOfAct(database, again.id);
    await markRefused(database, again.id, {}, 1);
    await markSent(database, old.id, 2);
    await confirmPhotos(database, receipt("aa"), NOW);
    await discardPhoto(database, again.id);
    expect(await bytesHere()).toEqual([]);
    expect(await database.getAllKeys("thumbnails")).toEqual(["aa"]);
  });
});

describe("a picture that was drawn on", () => {
  it("takes the place of the one without, in one step", async () => {
    const plain = await keepPhoto(database, picture("aa"));
    await keepPhoto(database, picture("bb"), plain.id);
    expect((await photosOf(database, ORDER)).map(({ sha256 }) => sha256)).toEqual(["bb"]);
    expect(await bytesHere()).toEqual(["bb"]);
  });

  it("leaves alone what is part of an act by now", async () => {
    const plain = await keepPhoto(database, picture("aa"));
    await writing(database, ["photos"], async (transaction) => {
      await transaction.objectStore("photos").put({ ...plain, state: "waiting", act: "x" });
    });
    await keepPhoto(database, picture("bb"), plain.id);
    expect(await photosOf(database, ORDER)).toHaveLength(2);
  });

  it("is the same picture where nothing was drawn after all", async () => {
    const plain = await keepPhoto(database, picture("aa"));
    expect((await keepPhoto(database, picture("aa"), plain.id)).id).toBe(plain.id);
    expect(await bytesHere()).toEqual(["aa"]);
  });
});

describe("how far a picture has come", () => {
  const photo = { id: 7, sha256: "aa", sizeBytes: 1000, sentBytes: 0 } as HeldPhoto;

  it("is said in percent only while it is under way", () => {
    const waiting: HeldPhoto = { ...photo, state: "waiting" };
    expect(percentUp(waiting, new Map())).toBeNull();
    expect(percentUp(waiting, new Map([[7, 255]]))).toBe(25);
    expect(percentUp({ ...waiting, sentBytes: 400 }, new Map())).toBe(40);
    expect(percentUp(waiting, new Map([[7, 1000]]))).toBe(99);
    expect(percentUp({ ...photo, state: "sent" }, new Map([[7, 500]]))).toBeNull();
  });

  it("is said of old and new part by the one that is furthest behind", () => {
    const both: HeldPhoto[] = [
      { ...photo, state: "verified" },
      { ...photo, id: 8, state: "waiting" },
    ];
    expect(furthestBehind(both).id).toBe(8);
    expect([...bySha256([...both, { ...photo, id: 9, sha256: "bb" }]).values()]).toHaveLength(2);
  });
});

describe("what is kept of a picture", () => {
  it("has the wanted longest edge and its own shape, and is never blown up", () => {
    expect(fitted({ width: 4000, height: 3000 }, 1600)).toEqual({ width: 1600, height: 1200 });
    expect(fitted({ width: 3000, height: 4000 }, 1600)).toEqual({ width: 1200, height: 1600 });
    expect(fitted({ width: 640, height: 480 }, 1600)).toEqual({ width: 640, height: 480 });
    expect(fitted({ width: 9000, height: 2 }, 1600)).toEqual({ width: 1600, height: 1 });
  });

  it("includes the place only where installation and technician both agree", () => {
    const photo = { longest_edge_px: 1600, jpeg_quality_percent: 82, gallery_tags: [] };
    const wants = { photo: { ...photo, keep_place: true } };
    const wantsNot = { photo: { ...photo, keep_place: false } };
    expect(mayKeepPlace(wants, { keepPlace: true })).toBe(true);
    expect(mayKeepPlace(wants, { keepPlace: false })).toBe(false);
    expect(mayKeepPlace(wantsNot, { keepPlace: true })).toBe(false);
    expect(mayKeepPlace(null, { keepPlace: true })).toBe(false);
  });
});
