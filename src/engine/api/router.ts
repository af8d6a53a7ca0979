/** Which handler answers a request, by method and path. */
import { EngineError } from "../engine-error.js";
import { Query } from "./query.js";
import type { EngineServices } from "./services.js";

export interface Call {
  services: EngineServices;
  request: Request;
  query: Query;
  /** The path's parameters, decoded. */
  params: Record<string, string>;
}

export interface Route {
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** `:name` is one component, `:name*` one or more. */
  path: string;
  /** What the query may have, as words: a name that is not here and asks for something is refused. */
  parameters?: string;
  handle(call: Call): Promise<Response> | Response;
}

export class Router {
  readonly #routes: { route: Route; pattern: RegExp; names: string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, ...compile(route.path) }));
  }

  /** @throws {EngineError} `not-found`, in dockerd's words. */
  find(request: Request, services: EngineServices): { route: Route; call: Call } {
    const url = new URL(request.url);
    const path = url.pathname.replace(/^\/v\d+\.\d+(?=\/)/, "");
    for (const { route, pattern, names } of this.#routes) {
      if (route.method !== request.method) continue;
      const match = pattern.exec(path);
      if (!match) continue;
      const params = Object.fromEntries(names.map((name, index) => [name, decode(match[index + 1]!)]));
      const query = new Query(url.searchParams);
      if (route.parameters !== undefined) query.refuseOthers(route.parameters.split(" "));
      return { route, call: { services, request, query, params } };
    }
    throw new EngineError("not-found", "page not found");
  }
}

function compile(path: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  const source = path.replace(/:(\w+)(\*?)/g, (_, name: string, many: string) => {
    names.push(name);
    return many ? "(.+)" : "([^/]+)";
  });
  return { pattern: new RegExp(`^${source}/?$`), names };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new EngineError("invalid", `invalid URL escape in ${JSON.stringify(text)}`);
  }
}
