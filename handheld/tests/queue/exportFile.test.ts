/** The exported queue: byte for byte what the server's reader was made for, and complete. */

import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { exportQueue, type QueueRecord, writeQueueFile } from "../../src/queue/exportFile";
import { keep, seal, sealAll, settle, toSend } from "../../src/queue/outgoing";
import { keepPhoto, markSent } from "../../src/queue/pictures";
import { type Database, openDatabase } from "../../src/store/database";

const GOLDEN = new URL("../../../contracts/golden/queue-file.json", import.meta.url);
const ORDER = "FW-202503-0001";
const NOW = new Date("2025-03-05T09:30:00.000Z");
const CURVE = { name: "ECDH", namedCurve: "P-256" };

interface Golden {
  server: { id: string; public_key: string };
  ephemeral: { public_key: string; private_jwk: JsonWebKey };
  records: { meta: string; text?: string; hex?: string }[];
  file: string;
}

let database: Database;
let opened = 0;
beforeEach(async () => {
  database = await openDatabase(`export-${++opened}`);
});

test("writes the golden file byte for byte", async () => {
  const golden = JSON.parse(readFileSync(GOLDEN, "utf-8")) as Golden;
  const { x, y, d } = golden.ephemeral.private_jwk;
  const point = { kty: "EC", crv: "P-256", x: x!, y: y! };
  const ephemeral = {
    publicKey: await crypto.subtle.importKey("jwk", point, CURVE, true, []),
    privateKey: await crypto.subtle.importKey("jwk", { ...point, d: d! }, CURVE, false, [
      "deriveBits",
    ]),
  };
  async function* records(): AsyncGenerator<QueueRecord> {
    for (const { meta, text, hex } of golden.records) {
      const body = text === undefined ? Buffer.from(hex!, "hex") : Buffer.from(text);
      yield { meta: JSON.parse(meta), body: new Uint8Array(body) };
    }
  }
  const key = { id: golden.server.id, public_key: golden.server.public_key };
  const file = await writeQueueFile({ device: "hh-01", key, madeAt: NOW, ephemeral }, records());
  expect(await hexOf(file)).toBe(golden.file);
});

test("everything that waits is in it, photos before the completion that needs them", async () => {
  await did("order.arrived");
  await took("before", Uint8Array.of(1, 2, 3), await did("order.inspected"));
  await did("order.ready", 60_000);
  const incident = await keep(database, {
    type: "incident.reported",
    subject: null,
    orderVersion: null,
    data: { place: "3栋大堂", category: "cleaning", description: "积水", photos: [] },
    at: NOW,
  });
  await took("fault_point", Uint8Array.of(9), incident.id, "");

  const server = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const made = await exportQueue(database, "hh-01", await keyOf(server), NOW);
  const { header, records } = await read(made.file, server.privateKey);

  expect(header).toMatchObject({ device: "hh-01", key: "test-key", made_at: NOW.toISOString() });
  expect(records.map(({ meta }) => meta.kind)).toEqual([
    ...["photo", "photo", "event", "event", "event", "event", "end"],
  ]);
  expect(records[0]!.meta).toMatchObject({ order: ORDER, step: "", tag: "before" });
  expect(records[1]!.meta).toMatchObject({ order: "", event: incident.id });
  expect([...records[0]!.body]).toEqual([1, 2, 3]);
  expect(records.at(-1)!.meta).toEqual({ kind: "end", events: 4, photos: 2 });
  const acts = await database.getAll("acts");
  const told = records.slice(2, 6).map(({ body }) => new TextDecoder().decode(body));
  expect(told).toEqual(acts.map((act) => act.body));
  expect(acts.map((act) => act.seq)).toEqual([1, 2, 3, 4]);
});

test("exporting drops nothing, and a second file says the same", async () => {
  await did("order.arrived");
  const server = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const key = await keyOf(server);
  const first = await read(
    (await exportQueue(database, "hh-01", key, NOW)).file,
    server.privateKey,
  );
  const again = await read(
    (await exportQueue(database, "hh-01", key, NOW)).file,
    server.privateKey,
  );
  expect(again.records).toEqual(first.records);
  expect(await toSend(database, 10)).toHaveLength(1);
});

test("what a reply has taken out of the queue is not exported", async () => {
  const done = await did("order.arrived");
  await seal(database, "hh-01", NOW.getTime());
  await settle(
    database,
    { event: done, outcome: "applied", order_version: 2, server_time: NOW.toISOString() },
    NOW.getTime(),
  );
  const server = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const made = await exportQueue(database, "hh-01", await keyOf(server), NOW);
  expect(made).toMatchObject({ events: 0, photos: 0 });
});

test("a completion sealed by an export is not sent before its photos are up", async () => {
  const photo = await took("after", Uint8Array.of(1), await did("order.inspected"));
  await did("order.ready");
  await did("order.accepted");
  await sealAll(database, "hh-01", NOW.getTime());
  expect((await toSend(database, 10)).map((act) => act.type)).toEqual(["order.inspected"]);
  await markSent(database, photo, NOW.getTime());
  expect(await toSend(database, 10)).toHaveLength(3);
});

test("an alarm behind such a completion goes at once", async () => {
  await took("after", Uint8Array.of(1), await did("order.inspected"));
  await did("order.ready");
  await did("hazard.alarm");
  await sealAll(database, "hh-01", NOW.getTime());
  expect(await toSend(database, 10)).toHaveLength(3);
});

/** Record something about the order; the act's id. */
async function did(type: Parameters<typeof keep>[1]["type"], holdMs = 0): Promise<string> {
  const act = await keep(database, {
    type,
    subject: ORDER,
    orderVersion: 4,
    data: {} as never,
    at: NOW,
    holdMs,
  });
  return act.id;
}

/** Take a picture for an act that was recorded already; the photo's id. */
async function took(
  tag: string,
  bytes: Uint8Array<ArrayBuffer>,
  act: string,
  order = ORDER,
): Promise<number> {
  const kept = await keepPhoto(database, {
    order,
    step: "",
    tag,
    sha256: [...bytes]
      .map((byte) => byte.toString(16).padStart(64, "0"))
      .join("")
      .slice(-64),
    filetype: "image/jpeg",
    takenAt: NOW.toISOString(),
    bytes: bytes.buffer,
    thumbnail: new ArrayBuffer(0),
  });
  await database.put("photos", { ...kept, state: "waiting", act });
  return kept.id;
}

async function keyOf(pair: CryptoKeyPair): Promise<{ id: string; public_key: string }> {
  const point = await crypto.subtle.exportKey("raw", pair.publicKey);
  return { id: "test-key", public_key: Buffer.from(point).toString("base64url") };
}

async function hexOf(file: Blob): Promise<string> {
  return Buffer.from(await file.arrayBuffer()).toString("hex");
}

/** Read a file as the server does, with nothing of the writer's. */
async function read(file: Blob, privateKey: CryptoKey) {
  const all = Buffer.from(await file.arrayBuffer());
  expect(all.subarray(0, 4).toString("ascii")).toBe("PGQ1");
  const headerEnd = 8 + all.readUInt32BE(4);
  const header = all.subarray(8, headerEnd);
  const told = JSON.parse(header.toString("utf-8")) as Record<string, string>;
  const point = Buffer.from(told.ephemeral!, "base64url");
  const shared = await crypto.subtle.deriveBits(
    { name: "ECDH", public: await crypto.subtle.importKey("raw", point, CURVE, false, []) },
    privateKey,
    256,
  );
  const raw = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const salt = await crypto.subtle.digest("SHA-256", new Uint8Array(header));
  const info = Buffer.from("paigong queue file v1");
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt, info },
    raw,
    256,
  );
  const key = await crypto.subtle.importKey("raw", bits, "AES-GCM", false, ["decrypt"]);
  const records: { meta: Record<string, unknown>; body: Buffer }[] = [];
  for (let at = headerEnd; at < all.length; ) {
    const end = at + 4 + all.readUInt32BE(at);
    const iv = Buffer.alloc(12);
    iv.writeUInt32BE(records.length, 8);
    const additionalData = Buffer.of(end === all.length ? 1 : 0);
    const sealed = all.subarray(at + 4, end);
    const plain = Buffer.from(
      await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed),
    );
    const metaEnd = 4 + plain.readUInt32BE(0);
    const meta = JSON.parse(plain.subarray(4, metaEnd).toString("utf-8"));
    records.push({ meta, body: plain.subarray(metaEnd) });
    at = end;
  }
  return { header: told, records };
}
