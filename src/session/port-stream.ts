/**
 * A byte stream over a MessagePort, for browsers that cannot transfer a ReadableStream. The receiving end asks for
 * each chunk, so a slow reader holds the writer up; chunks change hands without being copied.
 */
type Ask = "pull" | "cancel";
type Answer = { chunk: Uint8Array } | { end: true } | { error: string };

/** The port to hand to the other side. `onEnd` is called once, when nothing more will pass. */
export function sendStream(stream: ReadableStream<Uint8Array>, onEnd: () => void = () => {}): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const reader = stream.getReader();
  const finish = (answer: Answer) => {
    port1.postMessage(answer);
    port1.close();
    onEnd();
  };
  const pull = async () => {
    try {
      const { value, done } = await reader.read();
      if (done) {
        finish({ end: true });
        return;
      }
      const chunk = owned(value);
      port1.postMessage({ chunk } satisfies Answer, [chunk.buffer]);
    } catch (error) {
      finish({ error: error instanceof Error ? error.message : String(error) });
    }
  };
  port1.onmessage = ({ data }: MessageEvent<Ask>) => {
    if (data === "pull") {
      void pull();
      return;
    }
    reader.cancel().catch(() => {});
    port1.close();
    onEnd();
  };
  return port2;
}

/** The stream behind a port that `sendStream` made. */
export function receiveStream(port: MessagePort): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      start(controller) {
        port.onmessage = ({ data }: MessageEvent<Answer>) => {
          if ("chunk" in data) {
            controller.enqueue(data.chunk as Uint8Array<ArrayBuffer>);
            return;
          }
          port.close();
          if ("end" in data) controller.close();
          else controller.error(new Error(data.error));
        };
      },
      pull: () => port.postMessage("pull" satisfies Ask),
      cancel() {
        port.postMessage("cancel" satisfies Ask);
        port.close();
      },
    },
    { highWaterMark: 1 },
  );
}

/** Bytes that fill a buffer of their own, so that transferring takes nothing else away. */
export function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return whole && bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
