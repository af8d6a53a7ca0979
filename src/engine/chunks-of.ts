/** A stream's chunks; leaving the loop cancels it, and so does `leaving`, which ends them. */
export async function* chunksOf<T>(
  stream: ReadableStream<T>,
  leaving?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  const leave = () => void reader.cancel();
  leaving?.addEventListener("abort", leave);
  if (leaving?.aborted) leave();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
