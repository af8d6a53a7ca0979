/** Docker's raw stream: frames of stream number, three zeros, big-endian length; or plain bytes with a terminal. */
import type { OutputChunk } from "../containers/output-hub.js";
import { streamed } from "./respond.js";

export const MULTIPLEXED = "application/vnd.docker.multiplexed-stream";
export const RAW = "application/vnd.docker.raw-stream";

export function frame({ stream, bytes }: OutputChunk): Uint8Array {
  const framed = new Uint8Array(8 + bytes.length);
  framed[0] = stream === "stdout" ? 1 : 2;
  new DataView(framed.buffer).setUint32(4, bytes.length);
  framed.set(bytes, 8);
  return framed;
}

export function outputResponse(
  chunks: AsyncIterable<OutputChunk>,
  terminal: boolean,
  abort?: AbortController,
): Response {
  return streamed(bytesOf(chunks, terminal), terminal ? RAW : MULTIPLEXED, abort);
}

/** What goes over the wire: frames, or with a terminal the bytes as they are. */
export async function* bytesOf(chunks: AsyncIterable<OutputChunk>, terminal: boolean) {
  for await (const chunk of chunks) yield terminal ? chunk.bytes : frame(chunk);
}
