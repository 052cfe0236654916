/** A network that loses, repeats, delays and cuts, for both doors of the server model. */

import type { Reply } from "../../src/contract/wire";
import { Unreachable } from "../../src/sync/door";
import type { HttpDoor } from "../../src/sync/httpLine";
import type { Connect, Wire, WireEvents } from "../../src/sync/line";
import { DEVICE } from "../trade";
import { ServerModel } from "./serverModel";

const ROOT = "paigong/v1";

export interface Weather {
  /** Out of 100 messages, how many never arrive, although the broker said that it has them. */
  lost: number;
  repeated: number;
  /** Longest delay in milliseconds; later messages may overtake. */
  delayMs: number;
  /** Out of 100 attempts to connect or to ask, how many fail. */
  refused: number;
}

export const FAIR: Weather = { lost: 0, repeated: 0, delayMs: 0, refused: 0 };

interface Connection {
  isUp: boolean;
  events: WireEvents;
}

export class BadNetwork {
  weather: Weather;
  readonly server: ServerModel;
  #connection: Connection | null = null;
  #random: () => number;

  constructor(weather: Weather, seed: number) {
    this.weather = weather;
    this.#random = randomFrom(seed);
    this.server = new ServerModel((channel, payload) => {
      const connection = this.#connection;
      // A clean session: for whoever is not there nothing is kept.
      if (connection === null) return;
      this.#carry(() => {
        if (connection.isUp) {
          void connection.events.message(`${ROOT}/d/${DEVICE}/dn/${channel}`, payload);
        }
      });
    });
  }

  readonly connect: Connect = (_mqtt, _topics, events) => {
    const connection: Connection = { isUp: false, events };
    const isRefused = this.#chance(this.weather.refused);
    this.#later(() => {
      if (isRefused) {
        events.down({ notAuthorised: false });
        return;
      }
      connection.isUp = true;
      this.#connection = connection;
      events.up();
    });
    return this.#wire(connection);
  };

  #wire(connection: Connection): Wire {
    return {
      publish: (topic, payload) => {
        if (!connection.isUp) return false;
        const channel = topic.slice(`${ROOT}/d/${DEVICE}/up/`.length);
        this.#carry(() => {
          if (channel === "events") this.server.takeEvent(payload);
          if (channel === "sync") this.server.takeSync(payload);
        });
        return true;
      },
      end: () => this.#hangUp(connection),
    };
  }

  /** The HTTP door over the same network. */
  readonly door: HttpDoor = {
    presence: async () => undefined,
    orders: (known) => this.#ask(() => this.server.listFor(known)),
    sendEvents: (bodies) =>
      this.#ask((): Reply[] => bodies.map((body) => this.server.receive(body))),
  };

  /** The connection breaks; both ends notice, in whatever order. */
  cut(): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#hangUp(connection);
    connection.events.down({ notAuthorised: false });
  }

  #hangUp(connection: Connection): void {
    connection.isUp = false;
    if (this.#connection === connection) this.#connection = null;
  }

  async #ask<Answer>(question: () => Answer): Promise<Answer> {
    await this.#pause();
    if (this.#chance(this.weather.refused)) throw new Unreachable("no network");
    const answer = question();
    await this.#pause();
    // The server has done it and the answer is lost: the worst of both.
    if (this.#chance(this.weather.lost)) throw new Unreachable("cut off");
    return answer;
  }

  #carry(arrive: () => void): void {
    if (!this.#chance(this.weather.lost)) this.#later(arrive);
    if (this.#chance(this.weather.repeated)) this.#later(arrive);
  }

  #later(act: () => void): void {
    setTimeout(act, 1 + this.#random() * this.weather.delayMs);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#later(resolve));
  }

  #chance(percent: number): boolean {
    return this.#random() * 100 < percent;
  }
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
