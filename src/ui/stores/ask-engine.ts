import type { Session } from "../../session/client.js";

/** JSON of an Engine API path. @throws {Error} with the engine's own message. */
export async function askEngine<T>(session: Session, path: string): Promise<T> {
  const response = await session.fetch(path);
  if (response.ok) return (await response.json()) as T;
  const { message } = (await response.json().catch(() => ({}))) as { message?: string };
  throw new Error(message ?? `${path}: status ${response.status}`);
}
