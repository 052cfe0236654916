import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { nextToUpload } from "../../src/queue/pictures";
import type { Database, HeldPhoto } from "../../src/store/database";
import { Door, NotLetIn, Unreachable } from "../../src/sync/door";
import { Uploads } from "../../src/sync/uploads";
import { freshDatabase, ORDER, OTHER_ORDER, say, takePhoto } from "../trade";
import { BrowserRequest } from "./browserRequest";
import { type Fate, FieldServer } from "./fieldServer";

let server: FieldServer;
let database: Database;
let uploads: Uploads;

beforeEach(async () => {
  vi.stubGlobal("XMLHttpRequest", BrowserRequest);
  server = await FieldServer.start();
  database = await freshDatabase();
  uploads = new Uploads(database, new Door(server.origin, "token"), () => undefined);
});

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  await server.stop();
});

/** Keep a picture of so many bytes and make it part of an act. */
async function picture(sizeBytes: number, changes: object = {}): Promise<HeldPhoto> {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.min(sizeBytes, 65_536)));
  const whole = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += bytes.length) {
    whole.set(bytes.subarray(0, sizeBytes - at), at);
  }
  const sha256 = createHash("sha256").update(whole).digest("hex");
  const kept = await takePhoto(database, { bytes: whole.buffer, sha256, ...changes });
  await say(database, "order.opened", {}, { photos: [kept.id] });
  return (await database.get("photos", kept.id))!;
}

async function now(photo: HeldPhoto): Promise<HeldPhoto> {
  return (await database.get("photos", photo.id))!;
}

const fates: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Fate>(null) },
  {
    weight: 3,
    arbitrary: fc.nat({ max: 300_000 }).map((cutAfterBytes): Fate => ({ cutAfterBytes })),
  },
  { weight: 1, arbitrary: fc.constant<Fate>({ loseAnswer: true }) },
  { weight: 1, arbitrary: fc.constant<Fate>({ says: { status: 502, body: "<html>" } }) },
  { weight: 1, arbitrary: fc.constant<Fate>({ says: { status: 200, body: "<html>Wi-Fi 登录" } }) },
);

test("cut at any byte it goes on, and arrives whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fates, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 700_000 }), { minLength: 1, maxLength: 3 }),
      async (troubles, sizes) => {
        database = await freshDatabase();
        uploads = new Uploads(database, new Door(server.origin, "token"), () => undefined);
        const left = [...troubles];
        server.fate = () => left.shift() ?? null;
        const pictures = await Promise.all(
          sizes.map((size, index) => picture(size, { step: `S-${index}` })),
        );
        let tries = 0;
        for (
          let next = await nextToUpload(database, 0);
          next;
          next = await nextToUpload(database, 0)
        ) {
          expect(++tries).toBeLessThan(40);
          await uploads.send(next).catch((error: unknown) => {
            expect(error).toBeInstanceOf(Unreachable);
          });
        }
        for (const one of pictures) {
          expect(await now(one)).toMatchObject({ state: "sent", problem: null });
          expect(server.photos.get(one.sha256)).toMatchObject({ order: ORDER, step: one.step });
        }
      },
    ),
    { numRuns: 12 },
  );
}, 30_000);

test("after a kill it goes on where it stood, and does not begin again", async () => {
  const photo = await picture(600_000);
  let patches = 0;
  server.fate = (method) =>
    method === "PATCH" && ++patches === 1 ? { cutAfterBytes: 100_000 } : null;
  await expect(uploads.send(photo)).rejects.toBeInstanceOf(Unreachable);
  const stands = await now(photo);
  expect(stands).toMatchObject({ state: "waiting", tries: 0, sentBytes: 262_144 });
  server.asked.length = 0;
  await new Uploads(database, new Door(server.origin, "token"), () => undefined).send(stands);
  expect(server.asked[0]).toMatch(/^HEAD/);
  expect(server.asked.some((one) => one.startsWith("POST"))).toBe(false);
  expect((await now(photo)).state).toBe("sent");
});

test("a network that was cut sends the most urgent picture to no other place", async () => {
  const photo = await picture(600_000);
  const other = await picture(1000, { order: OTHER_ORDER });
  await say(database, "order.ready", {});
  const urgent = async () => (await nextToUpload(database, 0))!.id;
  expect(await urgent()).toBe(photo.id);
  server.fate = () => ({ cutAfterBytes: 10 });
  await expect(uploads.send(photo)).rejects.toBeInstanceOf(Unreachable);
  expect(await urgent()).toBe(photo.id);
  server.fate = () => ({ says: { status: 500, body: "{}" } });
  await expect(uploads.send(await now(photo))).rejects.toBeInstanceOf(Unreachable);
  expect(await urgent()).toBe(other.id);
});

describe("an upload that the server forgot", () => {
  test("begins again, whether it is asked for or added to", async () => {
    for (const forgetful of ["HEAD", "PATCH"]) {
      const photo = await picture(600_000, { step: forgetful });
      let isForgotten = false;
      server.fate = (method) => {
        if (method !== forgetful || isForgotten) return null;
        isForgotten = true;
        server.uploads.clear();
        return null;
      };
      if (forgetful === "HEAD") {
        server.fate = () => ({ cutAfterBytes: 10 });
        await uploads.send(photo).catch(() => undefined);
        server.fate = () => null;
      }
      for (let i = 0; i < 3 && (await now(photo)).state !== "sent"; i++) {
        await uploads.send(await now(photo));
      }
      expect(await now(photo)).toMatchObject({ state: "sent", problem: null });
    }
  });
});

describe("what the server says no to", () => {
  test("a refused picture stays with its reason and holds up no other (P-17)", async () => {
    const [bad, good] = [await picture(1000), await picture(2000, { tag: "after" })];
    const problem = { status: 422, rule: "P-17", detail: "照片早于派工时间" };
    server.fate = () => ({ says: { status: 422, body: JSON.stringify(problem) } });
    await uploads.send(bad);
    server.fate = () => null;
    expect(await now(bad)).toMatchObject({ state: "refused", problem });
    expect((await nextToUpload(database, 0))?.id).toBe(good.id);
    expect(await database.get("bytes", bad.sha256)).toBeDefined();
  });

  test("bytes that are not the announced ones are refused", async () => {
    const photo = await picture(1000);
    await database.put("bytes", new ArrayBuffer(1000), photo.sha256);
    await uploads.send(photo);
    expect((await now(photo)).state).toBe("refused");
  });

  test("401 is about the handheld, not about the picture", async () => {
    const photo = await picture(1000);
    const body = JSON.stringify({ command: "device.wipe" });
    server.fate = () => ({ says: { status: 401, body } });
    const refusal = await uploads.send(photo).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NotLetIn);
    expect((refusal as NotLetIn).wipe).toBe(true);
    expect((await now(photo)).state).toBe("waiting");
  });

  test.each([
    ["too many requests", { status: 429, body: "{}" }],
    ["a server in trouble", { status: 500, body: "{}" }],
    ["the login page of a hotel", { status: 403, body: "<html>请登录</html>", type: "text/html" }],
    ["a word that is no problem", { status: 400, body: "null" }],
  ])("%s says nothing about the picture", async (_name, says) => {
    const photo = await picture(1000);
    server.fate = () => ({ says });
    await expect(uploads.send(photo)).rejects.toBeInstanceOf(Unreachable);
    expect(await now(photo)).toMatchObject({ state: "waiting", tries: 1 });
  });

  test("a picture whose bytes are gone here is said to be damaged", async () => {
    const photo = await picture(1000);
    await database.delete("bytes", photo.sha256);
    await uploads.send(photo);
    const type = "urn:paigong:problem:photo-lost-here";
    expect(await now(photo)).toMatchObject({ state: "refused", problem: { type } });
  });
});

test("old and new part in one picture travel once", async () => {
  const old = await picture(1000, { tag: "old_part" });
  const bytes = (await database.get("bytes", old.sha256))!;
  const { id } = await takePhoto(database, { bytes, sha256: old.sha256, tag: "new_part" });
  await say(database, "order.opened", {}, { photos: [id] });
  await uploads.send(old);
  await uploads.send((await database.get("photos", id))!);
  expect((await database.getAll("photos")).map((one) => one.state)).toEqual(["sent", "sent"]);
  expect(server.asked).toHaveLength(1);
});

test("broken off, it ends at once and can go on", async () => {
  const photo = await picture(1000);
  server.fate = () => ({ never: true });
  const sending = uploads.send(photo);
  await vi.waitFor(() => expect(server.asked).toHaveLength(1), {
    timeout: 20_000,
    interval: 5,
  });
  uploads.stop();
  await expect(sending).rejects.toBeInstanceOf(Unreachable);
  server.fate = () => null;
  await uploads.send(await now(photo));
  expect((await now(photo)).state).toBe("sent");
});

test("a network that has fallen silent is given up", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const photo = await picture(1000);
  server.fate = () => ({ never: true });
  const sending = uploads.send(photo);
  const ended = expect(sending).rejects.toThrow("silence");
  while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  vi.advanceTimersByTime(45_000);
  await ended;
});
