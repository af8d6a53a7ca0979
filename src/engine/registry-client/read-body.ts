import { RegistryError } from "./registry-error.js";

export interface ReadBodyOptions {
  maxBytes: number;
  /** Exact length, where it is known. */
  expectedBytes?: number;
  /** What is read, for messages. */
  what: string;
  /** Bytes so far. */
  onProgress?(bytes: number): void;
}

/** A response's bytes, bounded. @throws {RegistryError} `too-large`, or `invalid` when it ends early. */
export async function readBody(response: Response, options: ReadBodyOptions): Promise<Uint8Array> {
  const { maxBytes, expectedBytes, what, onProgress } = options;
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    length += part.value.length;
    if (length > maxBytes) {
      reader?.cancel().catch(() => {});
      throw new RegistryError("too-large", `${what} exceeds ${maxBytes} bytes`);
    }
    parts.push(part.value);
    onProgress?.(length);
  }
  if (expectedBytes !== undefined && length !== expectedBytes)
    throw new RegistryError("invalid", `${what} ended after ${length} of ${expectedBytes} bytes`);
  return joined(parts, length);
}

function joined(parts: Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
