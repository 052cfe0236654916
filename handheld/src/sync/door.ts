/** The server's HTTP door, `/field/v1`, as this handheld uses it. */

import { isObject } from "../contract/envelope";
import type {
  FieldMessages,
  FieldOrders,
  FieldSettings,
  Pairing,
  PoolOrder,
  PriceList,
  Problem,
  Receipt,
  Reply,
  TemplateName,
  ThingInHand,
} from "../contract/wire";
import type { Template } from "../engine/template";

/** The network did not bring an answer of ours: try again later. */
export class Unreachable extends Error {}

/** The server answered, and said no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
  }

  /** Whether it may say something else in a while. */
  get isPassing(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

/** The server does not let this handheld in; `wipe`: it is to put everything away (P-19). */
export class NotLetIn extends Refused {
  get wipe(): boolean {
    return this.problem.command === "device.wipe";
  }
}

const TIMEOUT_MS = 15_000;
const BASE = "/field/v1";

export interface PresenceSaid {
  online: boolean;
  session: string;
  at: string;
  app_version: string;
  battery?: number;
  queued: number;
}

/** The work list; without one it is still that of the ETag which was asked with. */
export type ListTold =
  | { list: FieldOrders; etag: string | null }
  | { list: null; serverTime: string | null };

interface Came {
  response: Response;
  text: string;
}

export class Door {
  constructor(
    readonly origin: string,
    private readonly token: string | null,
  ) {}

  /** Headers that say who is asking. */
  get headers(): Record<string, string> {
    return this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
  }

  get photosUrl(): string {
    return `${this.origin}${BASE}/photos`;
  }

  pair(code: string, model: string, appVersion: string): Promise<Pairing> {
    return this.#call<Pairing>("POST", "/pairings", { code, model, app_version: appVersion });
  }

  /** The work list, unless it is the one that had the ETag `known`. */
  async orders(known: string | null): Promise<ListTold> {
    const came = await this.#send("GET", "/orders", undefined, known);
    const { status, headers } = came.response;
    if (known !== null && status === 304) return { list: null, serverTime: headers.get("Date") };
    return { list: read<FieldOrders>(came), etag: headers.get("ETag") };
  }

  /** Send sealed events as they stand; their replies. */
  async sendEvents(bodies: readonly string[]): Promise<Reply[]> {
    const answer = await this.#call<{ replies: unknown[] }>(
      "POST",
      "/events",
      `[${bodies.join(",")}]`,
    );
    return answer.replies.map((reply) => {
      const inner = isObject(reply) && isObject(reply.data) ? reply.data : reply;
      return inner as Reply;
    });
  }

  settings(): Promise<FieldSettings> {
    return this.#call("GET", "/settings");
  }

  priceList(): Promise<PriceList> {
    return this.#call("GET", "/price-list");
  }

  checklist(name: TemplateName): Promise<Template> {
    return this.#call("GET", `/checklists/${encodeURIComponent(name.code)}/${name.version}`);
  }

  receipt(number: string): Promise<Receipt> {
    return this.#call("GET", `/orders/${encodeURIComponent(number)}/receipt`);
  }

  /** What this technician may take, the oldest first. */
  async pool(): Promise<PoolOrder[]> {
    return (await this.#call<{ items: PoolOrder[] }>("GET", "/pool")).items;
  }

  /** Take an order from the pool. Asked again, it changes nothing. */
  async claim(number: string): Promise<void> {
    await this.#call("POST", `/pool/${encodeURIComponent(number)}/claim`);
  }

  /** What this technician has in hand, tools first. */
  async custody(): Promise<ThingInHand[]> {
    return (await this.#call<{ items: ThingInHand[] }>("GET", "/custody")).items;
  }

  /** The newest messages, or those after `cursor`. */
  messages(cursor: string | null): Promise<FieldMessages> {
    return this.#call(
      "GET",
      cursor === null ? "/messages" : `/messages?cursor=${encodeURIComponent(cursor)}`,
    );
  }

  /** Say that a message was opened here. Said again, it changes nothing. */
  async messageRead(id: string): Promise<void> {
    await this.#call("POST", `/messages/${encodeURIComponent(id)}/read`);
  }

  /** Answer a message. The same words again change nothing. */
  async messageAnswered(id: string, text: string): Promise<void> {
    await this.#call("POST", `/messages/${encodeURIComponent(id)}/reply`, { text });
  }

  async presence(said: PresenceSaid): Promise<void> {
    await this.#call("POST", "/presence", said);
  }

  async ringHere(subscription: PushSubscriptionJSON): Promise<void> {
    await this.#call("PUT", "/push-subscription", {
      endpoint: subscription.endpoint,
      keys: subscription.keys,
    });
  }

  async #call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return read(await this.#send(method, path, body, null));
  }

  async #send(method: string, path: string, body: unknown, known: string | null): Promise<Came> {
    try {
      const response = await fetch(`${this.origin}${BASE}${path}`, {
        method,
        headers: {
          ...this.headers,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...(known === null ? {} : { "If-None-Match": known }),
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { response, text: await response.text() };
    } catch (error) {
      throw new Unreachable(String(error));
    }
  }
}

/** The server's answer; throws Refused where it said no, Unreachable where it is not its own. */
function read<Answer>({ response, text }: Came): Answer {
  if (response.ok && response.status === 204) return undefined as Answer;
  const answer = parsed(text);
  if (answer === undefined || response.status >= 502) {
    // The login page of a hotel's Wi-Fi, or a proxy in front of a server that restarts.
    throw new Unreachable(`HTTP ${response.status}, not ours`);
  }
  if (response.ok) return answer as Answer;
  const problem: Problem = isObject(answer) ? answer : {};
  if (response.status === 401) throw new NotLetIn(response.status, problem);
  throw new Refused(response.status, problem);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
