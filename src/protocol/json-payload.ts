import { ProtocolError, type TextCodec } from "./peer.js";

/** Payloads that are JSON. */
export class JsonPayload {
  readonly #codec: TextCodec;

  constructor(codec: TextCodec) {
    this.#codec = codec;
  }

  encode(value: unknown): Uint8Array {
    return this.#codec.encode(JSON.stringify(value));
  }

  /** @throws {ProtocolError} */
  decode(payload: Uint8Array): unknown {
    try {
      return JSON.parse(this.#codec.decode(payload));
    } catch {
      throw new ProtocolError(`frame with ${payload.length} bytes that are not JSON`);
    }
  }

  /** A command with its params, or an event with its value. @throws {ProtocolError} */
  decodeNamed(payload: Uint8Array): [name: string, value: unknown] {
    const pair = this.decode(payload);
    if (!Array.isArray(pair) || typeof pair[0] !== "string") throw new ProtocolError("frame without a command's name");
    return [pair[0], pair[1]];
  }
}
