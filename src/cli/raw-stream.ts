/**
 * Docker's raw stream of `logs`: frames of 8 bytes (stream number, three zeros, big-endian length) and data; or, for
 * a container with a terminal, the plain bytes.
 */
const HEADER_BYTES = 8;
const STDERR = 2;
const PLAIN = "application/vnd.docker.raw-stream";

export interface OutputChunk {
  stream: "stdout" | "stderr";
  bytes: Uint8Array;
}

export async function* outputOf(response: Response): AsyncGenerator<OutputChunk> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const isPlain = response.headers.get("Content-Type")?.startsWith(PLAIN) ?? false;
  let pending: Uint8Array = new Uint8Array();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (isPlain) {
        yield { stream: "stdout", bytes: value };
        continue;
      }
      pending = pending.length === 0 ? value : concat(pending, value);
      for (let frame = takeFrame(pending); frame; frame = takeFrame(pending)) {
        yield frame.chunk;
        pending = frame.rest;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function takeFrame(bytes: Uint8Array): { chunk: OutputChunk; rest: Uint8Array } | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
  const end = HEADER_BYTES + length;
  if (bytes.length < end) return undefined;
  const stream = bytes[0] === STDERR ? "stderr" : "stdout";
  return { chunk: { stream, bytes: bytes.subarray(HEADER_BYTES, end) }, rest: bytes.subarray(end) };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
