/** CloudEvents as this handheld writes and reads them (docs/wire.md, The envelope). */

export interface Envelope {
  specversion: "1.0";
  id: string;
  source: string;
  type: string;
  time: string;
  subject?: string;
  seq?: number;
  data: Record<string, unknown>;
}

/** What came down, read leniently: unknown names are passed over. */
export interface Message {
  id: string;
  type: string;
  subject: string | null;
  time: string | null;
  data: Record<string, unknown>;
}

export class UnreadableMessage extends Error {}

/** Read a message of the server. Throws UnreadableMessage for what is no envelope. */
export function readMessage(text: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableMessage("not JSON");
  }
  if (!isObject(value) || typeof value.type !== "string" || !isObject(value.data)) {
    throw new UnreadableMessage("no envelope");
  }
  return {
    id: typeof value.id === "string" ? value.id : "",
    type: value.type,
    subject: typeof value.subject === "string" ? value.subject : null,
    time: typeof value.time === "string" ? value.time : null,
    data: value.data,
  };
}

/** Write an envelope once; what is stored are these characters and no others. */
export function writeEnvelope(envelope: {
  id: string;
  device: string;
  type: string;
  at: Date;
  subject: string | null;
  seq: number | null;
  data: Record<string, unknown>;
}): string {
  const written: Envelope = {
    specversion: "1.0",
    id: envelope.id,
    source: `devices/${envelope.device}`,
    type: envelope.type,
    time: envelope.at.toISOString(),
    ...(envelope.subject === null ? {} : { subject: envelope.subject }),
    ...(envelope.seq === null ? {} : { seq: envelope.seq }),
    data: envelope.data,
  };
  return JSON.stringify(written);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

let lastMilliseconds = 0;
let counter = 0;

/**
 * A UUIDv7 (RFC 9562): 48 bits of milliseconds, 12 bits that count within one, 62 random bits.
 * Never goes back while this page lives, even where the clock does.
 */
export function uuid7(now: number = Date.now()): string {
  if (now > lastMilliseconds) {
    lastMilliseconds = now;
    counter = crypto.getRandomValues(new Uint16Array(1))[0]! & 0x3ff;
  } else if (++counter > 0xfff) {
    lastMilliseconds += 1;
    counter = 0;
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(lastMilliseconds / 2 ** 32));
  view.setUint32(2, lastMilliseconds % 2 ** 32);
  view.setUint16(6, 0x7000 | counter);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
