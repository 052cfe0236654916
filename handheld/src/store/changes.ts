/** Who wants to know that something in the store changed: this tab's views, and other tabs. */

export type Topic =
  | "orders"
  | "acts"
  | "photos"
  | "templates"
  | "notices"
  | "messages"
  | "drafts"
  | "facts"
  | "identity";
type Listener = (topics: ReadonlySet<Topic>) => void;

const CHANNEL = "paigong-changes";

/** Tells of changes, in this tab at once and in the others by a channel. */
export class Changes {
  #listeners = new Set<Listener>();
  #channel: BroadcastChannel | null;

  constructor(channel: string | null = CHANNEL) {
    this.#channel = channel === null ? null : new BroadcastChannel(channel);
    if (this.#channel !== null) {
      this.#channel.onmessage = (event: MessageEvent<Topic[]>) => this.#tell(new Set(event.data));
    }
  }

  announce(...topics: Topic[]): void {
    this.#channel?.postMessage(topics);
    this.#tell(new Set(topics));
  }

  /** Hear of every change until the returned function is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#channel?.close();
    this.#listeners.clear();
  }

  #tell(topics: ReadonlySet<Topic>): void {
    for (const listener of [...this.#listeners]) listener(topics);
  }
}
