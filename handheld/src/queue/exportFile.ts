/**
 * The queue as an encrypted file, for where no network will carry it (docs/wire.md). No DOM here.
 *
 * Only the server can read it. Exporting drops nothing: what is brought in by hand and sent
 * afterwards as well counts once.
 */

import type { FieldSettings } from "../contract/wire";
import type { Database } from "../store/database";
import { sealAll, sealedAndWaiting } from "./outgoing";

export interface QueueRecord {
  meta: Readonly<Record<string, unknown>>;
  body: Uint8Array<ArrayBuffer>;
}

/** For whom a file is sealed, by whom, and when. */
export interface Sealing {
  device: string;
  /** The server's key, as `/field/v1/settings` names it. */
  key: FieldSettings["export_key"];
  madeAt: Date;
  /** Made for this one file. */
  ephemeral: CryptoKeyPair;
}

export interface QueueFile {
  file: Blob;
  name: string;
  events: number;
  photos: number;
}

const MAGIC = new TextEncoder().encode("PGQ1");
const INFO = new TextEncoder().encode("paigong queue file v1");
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const NONCE_BYTES = 12;
const MORE = Uint8Array.of(0);
const LAST = Uint8Array.of(1);

/** Seal and write everything that waits: photos first, since a completion is refused without. */
export async function exportQueue(
  database: Database,
  device: string,
  key: FieldSettings["export_key"],
  now: Date,
): Promise<QueueFile> {
  await sealAll(database, device, now.getTime());
  const ephemeral = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const counted = { events: 0, photos: 0 };
  async function* counting(): AsyncGenerator<QueueRecord> {
    for await (const record of waitingRecords(database)) {
      counted[record.meta.kind === "photo" ? "photos" : "events"] += 1;
      yield record;
    }
    yield { meta: { kind: "end", ...counted }, body: new Uint8Array() };
  }
  const file = await writeQueueFile({ device, key, madeAt: now, ephemeral }, counting());
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return { file, name: `paigong-${device}-${stamp}.pgq`, ...counted };
}

async function* waitingRecords(database: Database): AsyncGenerator<QueueRecord> {
  for (const photo of await database.getAllFromIndex("photos", "state", "waiting")) {
    const bytes = await database.get("bytes", photo.sha256);
    if (bytes === undefined) continue;
    const { order, step, tag, sha256, filetype } = photo;
    const meta = { kind: "photo", order, step, tag, sha256, filetype, taken_at: photo.takenAt };
    yield {
      meta: order === "" ? { ...meta, event: photo.act ?? "" } : meta,
      body: new Uint8Array(bytes),
    };
  }
  for (const act of await sealedAndWaiting(database)) {
    yield { meta: { kind: "event" }, body: new TextEncoder().encode(act.body!) };
  }
}

/**
 * Write records as they come; the last that comes ends the file.
 *
 * Every record becomes a part of its own, which the browser may put on the disk: a day's photos
 * are never in memory at once.
 */
export async function writeQueueFile(
  sealing: Sealing,
  records: AsyncIterable<QueueRecord>,
): Promise<Blob> {
  const header = await headerOf(sealing);
  const cipher = await fileKey(sealing, header);
  const parts: Blob[] = [new Blob([MAGIC, length(header.byteLength), header])];
  let held: QueueRecord | null = null;
  let place = 0;
  for await (const record of records) {
    if (held !== null) parts.push(await sealed(cipher, place++, held, MORE));
    held = record;
  }
  if (held !== null) parts.push(await sealed(cipher, place, held, LAST));
  return new Blob(parts, { type: "application/octet-stream" });
}

async function headerOf({ device, key, madeAt, ephemeral }: Sealing): Promise<Bytes> {
  const point = await crypto.subtle.exportKey("raw", ephemeral.publicKey);
  return written({
    device,
    key: key.id,
    ephemeral: base64url(new Uint8Array(point)),
    made_at: madeAt.toISOString(),
  });
}

async function fileKey({ key, ephemeral }: Sealing, header: Bytes): Promise<CryptoKey> {
  const server = await crypto.subtle.importKey(
    "raw",
    fromBase64url(key.public_key),
    CURVE,
    false,
    [],
  );
  const shared = await crypto.subtle.deriveBits(
    { name: "ECDH", public: server },
    ephemeral.privateKey,
    256,
  );
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const salt = await crypto.subtle.digest("SHA-256", header);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: INFO },
    secret,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
}

async function sealed(
  cipher: CryptoKey,
  place: number,
  { meta, body }: QueueRecord,
  additionalData: Bytes,
): Promise<Blob> {
  const iv = new Uint8Array(NONCE_BYTES);
  new DataView(iv.buffer).setUint32(NONCE_BYTES - 4, place);
  const told = written(meta);
  const plain = await new Blob([length(told.byteLength), told, body]).arrayBuffer();
  const secret = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData },
    cipher,
    plain,
  );
  return new Blob([length(secret.byteLength), secret]);
}

type Bytes = Uint8Array<ArrayBuffer>;

function length(size: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, size);
  return bytes;
}

function written(value: object): Bytes {
  return new TextEncoder().encode(JSON.stringify(value));
}

function base64url(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function fromBase64url(text: string): Bytes {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
