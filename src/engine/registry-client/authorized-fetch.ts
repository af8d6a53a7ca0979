import * as v from "valibot";
import { readDocument } from "../images/documents.js";
import { RegistryError } from "./registry-error.js";

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Either spelling is used. */
const tokenAnswer = v.object({ token: v.optional(v.string()), access_token: v.optional(v.string()) });

/** Fetches, and answers a registry's demand for a token with an anonymous one (distribution-spec, token auth). */
export class AuthorizedFetch {
  readonly #fetch: Fetch;
  /** By repository address. */
  readonly #tokens = new Map<string, string>();

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** @throws {RegistryError} `unreachable`; an aborted signal's reason as it is. */
  async get(repository: string, path: string, init: { headers?: Record<string, string>; signal?: AbortSignal }) {
    const url = `${repository}/${path}`;
    const response = await this.#get(url, this.#withToken(repository, init));
    if (response.status !== 401) return response;
    const token = await this.#token(response.headers.get("WWW-Authenticate"), init.signal);
    if (token === undefined) return response;
    abandon(response);
    this.#tokens.set(repository, token);
    return this.#get(url, this.#withToken(repository, init));
  }

  #withToken<I extends { headers?: Record<string, string> }>(repository: string, init: I): I {
    const token = this.#tokens.get(repository);
    return token === undefined ? init : { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } };
  }

  async #get(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(url, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new RegistryError("unreachable", `Get "${url}": ${(error as Error).message}`, { cause: error });
    }
  }

  async #token(challenge: string | null, signal: AbortSignal | undefined): Promise<string | undefined> {
    const { realm, service, scope } = parseChallenge(challenge ?? "");
    if (realm === undefined) return undefined;
    const query = new URLSearchParams();
    if (service !== undefined) query.set("service", service);
    if (scope !== undefined) query.set("scope", scope);
    const response = await this.#get(`${realm}?${query}`, { signal });
    if (!response.ok) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const fail = (problem: string) => new RegistryError("unreachable", `token of ${realm} ${problem}`);
    const { token, access_token } = readDocument(tokenAnswer, bytes, fail);
    return token ?? access_token;
  }
}

/** `Bearer realm="…",service="…",scope="…"` (RFC 6750, 3); nothing for other schemes. */
function parseChallenge(header: string): Record<string, string | undefined> {
  if (!/^bearer\s/i.test(header)) return {};
  return Object.fromEntries([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value]));
}

/** Lets go of a body that nobody reads; nothing waits for that, and nothing depends on how it ends. */
export function abandon(response: Response): void {
  response.body?.cancel().catch(() => {});
}
