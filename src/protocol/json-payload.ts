import { ProtocolError, type TextCodec } from "./peer.js";

const NEWLINE = 0x0a;

/**
 * Payloads that are JSON; and after it, where one member at the top is a Uint8Array, a newline, the member's name, a
 * newline and its bytes as they are. JSON itself has no newline.
 */
export class JsonPayload {
  readonly #codec: TextCodec;

  constructor(codec: TextCodec) {
    this.#codec = codec;
  }

  encode(value: unknown): Uint8Array {
    const name = binaryMember(value);
    if (name === undefined) return this.#codec.encode(JSON.stringify(value));
    const { [name]: bytes, ...rest } = value as Record<string, unknown>;
    return this.#joined(JSON.stringify(rest), name, bytes as Uint8Array);
  }

  /** A command with its params, or an event with its value. */
  encodeNamed(command: string, value: unknown): Uint8Array {
    const name = binaryMember(value);
    if (name === undefined) return this.#codec.encode(JSON.stringify([command, value]));
    const { [name]: bytes, ...rest } = value as Record<string, unknown>;
    return this.#joined(JSON.stringify([command, rest]), name, bytes as Uint8Array);
  }

  /** @throws {ProtocolError} */
  decode(payload: Uint8Array): unknown {
    const { value, name, bytes } = this.#parse(payload);
    return name === undefined ? value : { ...(value as object), [name]: bytes };
  }

  /** The counterpart of encodeNamed. @throws {ProtocolError} */
  decodeNamed(payload: Uint8Array): [name: string, value: unknown] {
    const { value: pair, name, bytes } = this.#parse(payload);
    if (!Array.isArray(pair) || typeof pair[0] !== "string") throw new ProtocolError("frame without a command's name");
    return [pair[0], name === undefined ? pair[1] : { ...pair[1], [name]: bytes }];
  }

  #joined(text: string, name: string, bytes: Uint8Array): Uint8Array {
    const head = this.#codec.encode(`${text}\n${name}\n`);
    const payload = new Uint8Array(head.length + bytes.length);
    payload.set(head);
    payload.set(bytes, head.length);
    return payload;
  }

  #parse(payload: Uint8Array): { value: unknown; name?: string; bytes?: Uint8Array } {
    const end = payload.indexOf(NEWLINE);
    try {
      if (end < 0) return { value: JSON.parse(this.#codec.decode(payload)) };
      const nameEnd = payload.indexOf(NEWLINE, end + 1);
      if (nameEnd < 0) throw new SyntaxError("a member without bytes");
      return {
        value: JSON.parse(this.#codec.decode(payload.subarray(0, end))),
        name: this.#codec.decode(payload.subarray(end + 1, nameEnd)),
        bytes: payload.subarray(nameEnd + 1),
      };
    } catch {
      throw new ProtocolError(`frame with ${payload.length} bytes that are not JSON`);
    }
  }
}

function binaryMember(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const name in value) if ((value as Record<string, unknown>)[name] instanceof Uint8Array) return name;
  return undefined;
}
