/**
 * Pictures go up by tus, one after another, and go on where they stood after a cut or a kill.
 *
 * Where an upload stands is written down in our own store, beside the picture.
 */

import type { DetailedError, Upload } from "tus-js-client";
import { isObject } from "../contract/envelope";
import type { Problem } from "../contract/wire";
import { isUpAlready, markRefused, markSent, postpone, uploadStands } from "../queue/pictures";
import type { Database, HeldPhoto } from "../store/database";
import { type Door, NotLetIn, Unreachable } from "./door";
import { Timer } from "./timer";

const PIECE_BYTES = 256 * 1024;
/** An upload of which nothing was heard for so long is broken off; it goes on where it stood. */
const SILENCE_MS = 45_000;
const GONE: ReadonlySet<number> = new Set([404, 410]);
const ASK_AGAIN: ReadonlySet<number> = new Set([409, 423, 460]);

export class Uploads {
  #breakOff: ((why: string) => void) | null = null;

  constructor(
    private readonly database: Database,
    private readonly door: Door,
    private readonly progress: (photo: number, sentBytes: number) => void,
  ) {}

  /** Break off: the network is to be left alone. What is up stays up. */
  stop(): void {
    this.#breakOff?.("stopped");
  }

  /**
   * Send one picture to its end. Throws Unreachable where the network fails, NotLetIn where it is
   * the handheld that is not wanted; a picture that is not wanted is marked.
   */
  async send(photo: HeldPhoto): Promise<void> {
    const bytes = await this.database.get("bytes", photo.sha256);
    if (await isUpAlready(this.database, photo)) {
      // One picture under two tags travels once; the server counts it for both.
      await markSent(this.database, photo.id, Date.now());
      return;
    }
    if (bytes === undefined) {
      await markRefused(this.database, photo.id, LOST, Date.now());
      return;
    }
    try {
      await this.#upload(photo, new Blob([bytes]));
      await markSent(this.database, photo.id, Date.now());
    } catch (error) {
      await this.#failed(photo, error);
    }
  }

  async #upload(photo: HeldPhoto, blob: Blob): Promise<void> {
    const { Upload } = await import("tus-js-client");
    const silence = new Timer();
    let upload: Upload;
    await new Promise<void>((resolve, reject) => {
      const breakOff = (why: string) => {
        void upload.abort();
        reject(new Unreachable(why));
      };
      const heard = () => silence.set(SILENCE_MS, () => breakOff("silence"));
      let writing: Promise<unknown> = Promise.resolve();
      upload = new Upload(blob, {
        endpoint: this.door.photosUrl,
        uploadUrl: photo.url,
        headers: this.door.headers,
        metadata: metadata(photo),
        chunkSize: PIECE_BYTES,
        uploadDataDuringCreation: true,
        retryDelays: null,
        storeFingerprintForResuming: false,
        onProgress: heard,
        onUploadUrlAvailable: () => {
          heard();
          writing = writing.then(() =>
            uploadStands(this.database, photo.id, { url: upload.url, sentBytes: 0 }),
          );
        },
        onChunkComplete: (_piece, sentBytes) => {
          heard();
          this.progress(photo.id, sentBytes);
          writing = writing.then(() =>
            uploadStands(this.database, photo.id, { url: upload.url, sentBytes }),
          );
        },
        onSuccess: () => void writing.then(() => resolve(), reject),
        onError: (error) => void writing.then(() => reject(error), reject),
      });
      this.#breakOff = breakOff;
      heard();
      upload.start();
    }).finally(() => {
      silence.clear();
      this.#breakOff = null;
    });
  }

  /** Tell an upload that lost its place, which goes on, from a picture that is not wanted. */
  async #failed(photo: HeldPhoto, error: unknown): Promise<void> {
    // A network that failed says nothing about the picture, which keeps its place.
    if (error instanceof Unreachable) throw error;
    const { originalRequest: request, originalResponse } = error as Partial<DetailedError>;
    const response = originalResponse ?? null;
    const status = response?.getStatus() ?? 0;
    if (response === null || status === 0) throw new Unreachable(String(error));
    await postpone(this.database, photo.id);
    if (status >= 500) throw new Unreachable(String(error));
    const problem = problemOf(response.getBody());
    if (problem === null) throw new Unreachable(`HTTP ${status}, not ours`);
    if (status === 401) throw new NotLetIn(status, problem);
    // What only asks or adds can have lost its place; what begins has none yet.
    const lostPlace = request?.getMethod() !== "POST" && problem.rule === undefined;
    if (lostPlace && GONE.has(status)) {
      await uploadStands(this.database, photo.id, { url: null, sentBytes: 0 });
    } else if (status === 429 || (lostPlace && ASK_AGAIN.has(status))) {
      throw new Unreachable(`HTTP ${status}`);
    } else {
      await markRefused(this.database, photo.id, problem, Date.now());
    }
  }
}

const LOST: Problem = {
  type: "urn:paigong:problem:photo-lost-here",
  detail: "照片在本机已损坏,请重拍。 The photo is damaged on this handheld; take it again.",
};

function metadata(photo: HeldPhoto): Record<string, string> {
  return {
    sha256: photo.sha256,
    filetype: photo.filetype,
    tag: photo.tag,
    taken_at: photo.takenAt,
    ...(photo.order === "" ? { event: photo.act ?? "" } : { order: photo.order }),
    ...(photo.step === "" ? {} : { step: photo.step }),
  };
}

function problemOf(body: string): Problem | null {
  try {
    const problem: unknown = JSON.parse(body);
    return isObject(problem) ? problem : null;
  } catch {
    return null;
  }
}
