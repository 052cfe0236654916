/** XMLHttpRequest over Node's own HTTP, as far as the tus client uses it. */

import { type ClientRequest, request } from "node:http";

export class BrowserRequest {
  status = 0;
  responseText = "";
  onload: () => void = () => undefined;
  onerror: (why: unknown) => void = () => undefined;
  readonly upload: {
    onprogress: (event: { lengthComputable: boolean; loaded: number }) => void;
  } = { onprogress: () => undefined };
  #method = "";
  #url = "";
  #headers: Record<string, string> = {};
  #answered: Record<string, string | string[] | undefined> = {};
  #request: ClientRequest | null = null;
  #isOver = false;

  open(method: string, url: string): void {
    this.#method = method;
    this.#url = url;
  }

  setRequestHeader(name: string, value: string | number): void {
    this.#headers[name] = String(value);
  }

  getResponseHeader(name: string): string | null {
    const value = this.#answered[name.toLowerCase()];
    return value === undefined ? null : String(value);
  }

  send(body: Blob | null): void {
    void this.#send(body);
  }

  abort(): void {
    this.#isOver = true;
    this.#request?.destroy();
  }

  async #send(body: Blob | null): Promise<void> {
    const bytes = body === null ? null : Buffer.from(await body.arrayBuffer());
    const headers = { ...this.#headers, "Content-Length": String(bytes?.length ?? 0) };
    this.#request = request(this.#url, { method: this.#method, headers, agent: false });
    this.#request.on("error", (error) => this.#end(() => this.onerror(error)));
    this.#request.on("response", (response) => {
      this.#answered = response.headers;
      response.setEncoding("utf-8");
      response.on("data", (text: string) => {
        this.responseText += text;
      });
      response.on("error", (error) => this.#end(() => this.onerror(error)));
      response.on("end", () => {
        this.status = response.statusCode ?? 0;
        this.#end(() => this.onload());
      });
    });
    this.#request.end(bytes, () => {
      this.upload.onprogress({ lengthComputable: true, loaded: bytes?.length ?? 0 });
    });
  }

  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    tell();
  }
}
