/** A TCP connection to a container, by the agent: no network card of the machine's has a part in it. */
import type { AgentClient, InputStream } from "../../protocol/peer.js";

export interface PortConnection {
  /** What the container sends. Who reads slowly holds up the container, and nobody else. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What it is sent; closing it tells that nothing more comes. */
  readonly writable: WritableStream<Uint8Array>;
}

/** @throws {CommandError} with the errno, such as ECONNREFUSED where nobody listens. */
export async function openPort(agent: AgentClient, target: { address: string; port: number }): Promise<PortConnection> {
  const [sending, receiving] = [agent.openOutput(), agent.openInput()];
  await agent.call("network.connect", { ...target, input: sending.id, output: receiving.id });
  return {
    readable: readableOf(receiving),
    writable: new WritableStream({
      write: (chunk) => sending.write(chunk),
      close: () => sending.end(),
      abort: (reason) => sending.reset(String(reason)),
    }),
  };
}

function readableOf(stream: InputStream): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const chunk = await stream.read();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
      cancel: (reason) => stream.cancel(String(reason)),
    },
    { highWaterMark: 0 },
  );
}
