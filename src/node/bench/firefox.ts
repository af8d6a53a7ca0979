/**
 * Firefox by WebDriver BiDi, which it speaks itself: no driver of another version has to be found for it. Just what a
 * visit needs (https://w3c.github.io/webdriver-bidi/).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Disposable } from "../../shared/disposable.js";

const PATHS = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];
const POLL_MS = 25;
const TIMEOUT_MS = 180_000;

/** Path of a Firefox: `$FIREFOX`, or where Debian puts it. */
export function findFirefox(): string | undefined {
  return [process.env.FIREFOX, ...PATHS].find((path) => path && existsSync(path));
}

interface Reply {
  id?: number;
  type: string;
  result?: never;
  error?: string;
  message?: string;
}

export class Firefox implements Disposable {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #calls = 0;
  #context = "";

  /** @param profile folder of its profile. */
  static async open(path: string, profile: string): Promise<Firefox> {
    const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"];
    const child = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"] });
    const address = await addressOf(child);
    const socket = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`no WebDriver BiDi at ${address}`));
    });
    const firefox = new Firefox(child, socket);
    await firefox.#begin();
    return firefox;
  }

  private constructor(child: ChildProcess, socket: WebSocket) {
    this.#child = child;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply);
    };
  }

  async #begin(): Promise<void> {
    await this.#send("session.new", { capabilities: {} });
    const { contexts } = await this.#send<{ contexts: { context: string }[] }>("browsingContext.getTree", {});
    this.#context = contexts[0]!.context;
    const viewport = { width: 1440, height: 900 };
    await this.#send("browsingContext.setViewport", { context: this.#context, viewport });
  }

  async navigate(url: string): Promise<void> {
    await this.#send("browsingContext.navigate", { context: this.#context, url, wait: "none" });
  }

  /** @throws {Error} with what the expression throws. @returns a plain value. */
  async evaluate<T>(expression: string): Promise<T> {
    const { type, result, exceptionDetails } = await this.#send<{
      type: string;
      result: { value: T };
      exceptionDetails?: { text: string };
    }>("script.evaluate", { expression, target: { context: this.#context }, awaitPromise: true });
    if (type === "exception") throw new Error(exceptionDetails?.text);
    return result.value;
  }

  /** @returns the expression's first value that is true. */
  async until<T>(expression: string): Promise<T> {
    const deadline = performance.now() + TIMEOUT_MS;
    for (;;) {
      // While the page is left for another, there is nothing to evaluate in.
      const value = await this.evaluate<T>(expression).catch(() => undefined);
      if (value) return value;
      if (performance.now() > deadline) throw new Error(`not within ${TIMEOUT_MS} ms: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async #send<T>(method: string, params: object): Promise<T> {
    const id = ++this.#calls;
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    this.#waiting.delete(id);
    if (reply.type === "error") throw new Error(`${method}: ${reply.error}: ${reply.message}`);
    return reply.result as T;
  }

  /** Ends it in order, so that it keeps its cache. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    await this.#send("browser.close", {});
    await ended;
  }

  dispose(): void {
    this.#child.kill();
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const address = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(printed)?.[1];
      if (address) resolve(address);
    });
    child.on("exit", () => reject(new Error(`Firefox ended: ${printed.trim()}`)));
  });
}
