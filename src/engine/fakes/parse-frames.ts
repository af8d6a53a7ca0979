/** Docker's raw stream, read back. */
export async function* outputOf(response: Response): AsyncGenerator<{ stream: string; bytes: Uint8Array }> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  for (let at = 0; at < bytes.length; ) {
    const length = new DataView(bytes.buffer).getUint32(at + 4);
    yield { stream: bytes[at] === 1 ? "stdout" : "stderr", bytes: bytes.subarray(at + 8, at + 8 + length) };
    at += 8 + length;
  }
}
