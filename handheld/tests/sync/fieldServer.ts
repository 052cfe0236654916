/** A small server of `/field/v1` on this machine: tus 1.0 for pictures, JSON for the rest. */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const PHOTOS = "/field/v1/photos";

interface OpenUpload {
  metadata: Record<string, string>;
  length: number;
  bytes: Buffer;
}

/** What becomes of one request: all goes well, the line breaks, or somebody else answers. */
export type Fate = null | {
  cutAfterBytes?: number;
  loseAnswer?: boolean;
  never?: boolean;
  says?: { status: number; body: string; type?: string };
};

export class FieldServer {
  readonly uploads = new Map<string, OpenUpload>();
  /** sha256 -> metadata of what is whole and was taken in. */
  readonly photos = new Map<string, Record<string, string>>();
  readonly asked: string[] = [];
  /** ETags that were asked with. */
  readonly tags: string[] = [];
  /** Path below `/field/v1` -> answer. */
  readonly answers = new Map<string, unknown>();
  fate: (method: string, path: string) => Fate = () => null;
  #server: Server;
  #count = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      const { socket } = request;
      this.#serve(request, response).catch(() => socket.destroy());
    });
  }

  static async start(): Promise<FieldServer> {
    const server = new FieldServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "", socket } = request;
    this.asked.push(`${method} ${path}`);
    const known = request.headers["if-none-match"];
    if (known !== undefined) this.tags.push(known);
    const { never, says, loseAnswer, cutAfterBytes } = this.fate(method, path) ?? {};
    if (never) return;
    const body = await read(request, cutAfterBytes ?? Number.POSITIVE_INFINITY);
    if (says) {
      response.writeHead(says.status, { "Content-Type": says.type ?? "application/json" });
      response.end(says.body);
      return;
    }
    const answer = path.startsWith(PHOTOS)
      ? this.#tus(request, path, body)
      : this.#json(path.slice("/field/v1".length));
    if (loseAnswer || cutAfterBytes !== undefined) {
      socket.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  #json(path: string): Answer {
    const found = this.answers.get(path);
    const body = JSON.stringify(found ?? { type: "urn:paigong:problem:not-found" });
    return { status: found ? 200 : 404, headers: { "Content-Type": "application/json" }, body };
  }

  #tus(request: IncomingMessage, path: string, body: Buffer): Answer {
    if (request.method === "POST") {
      const id = `${PHOTOS}/${++this.#count}`;
      const length = Number(request.headers["upload-length"]);
      const metadata = readMetadata(String(request.headers["upload-metadata"]));
      const isHeld = this.photos.has(metadata.sha256!);
      this.uploads.set(id, { metadata, length, bytes: isHeld ? Buffer.alloc(length) : body });
      const refused = this.#finish(id);
      return refused ?? this.#progress(id, 201, { Location: `${this.origin}${id}` });
    }
    const upload = this.uploads.get(path);
    if (upload === undefined) return problem(404, { type: "urn:paigong:problem:no-such-upload" });
    if (request.method === "HEAD") {
      return this.#progress(path, 200, { "Upload-Length": String(upload.length) });
    }
    if (Number(request.headers["upload-offset"]) !== upload.bytes.length) {
      return problem(409, { type: "urn:paigong:problem:upload-offset" });
    }
    upload.bytes = Buffer.concat([upload.bytes, body]);
    return this.#finish(path) ?? this.#progress(path, 204);
  }

  #progress(id: string, status: number, more: Record<string, string> = {}): Answer {
    const offset = String(this.uploads.get(id)!.bytes.length);
    return { status, headers: { "Tus-Resumable": "1.0.0", "Upload-Offset": offset, ...more } };
  }

  /** Take in what is whole; a refusal where its bytes are not those announced. */
  #finish(id: string): Answer | null {
    const { metadata, length, bytes } = this.uploads.get(id)!;
    if (bytes.length < length || this.photos.has(metadata.sha256!)) return null;
    if (createHash("sha256").update(bytes).digest("hex") !== metadata.sha256) {
      this.uploads.delete(id);
      return problem(422, { type: "urn:paigong:problem:photo-hash", detail: "照片已损坏" });
    }
    this.photos.set(metadata.sha256, metadata);
    return null;
  }
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body?: string;
}

function problem(status: number, body: object): Answer {
  const headers = { "Content-Type": "application/problem+json", "Tus-Resumable": "1.0.0" };
  return { status, headers, body: JSON.stringify(body) };
}

/** The body, or its first bytes where the line breaks before the end. */
async function read(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let left = mostBytes;
  for await (const piece of request as AsyncIterable<Buffer>) {
    pieces.push(piece.subarray(0, left));
    left -= piece.length;
    if (left <= 0) break;
  }
  return Buffer.concat(pieces);
}

function readMetadata(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair) => pair.split(" "));
  return Object.fromEntries(
    pairs.map(([key, value]) => [key, Buffer.from(value!, "base64").toString()]),
  );
}
