import type { InputStream } from "../../protocol/peer.js";
import type { ByteSink } from "./descriptor-sink.js";

/** Copies a stream of the page's to `sink` until either ends. Never rejects: a stream that was reset has ended. */
export async function feedSink(stream: InputStream, sink: ByteSink): Promise<void> {
  try {
    for (let chunk = await stream.read(); chunk; chunk = await stream.read()) {
      await sink.write(chunk);
      if (sink.broken) {
        stream.cancel("the reader closed it");
        return;
      }
    }
  } catch {
    // The page gave the stream up.
  }
}
