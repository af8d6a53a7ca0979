/** A TCP connection for the page: its bytes are two streams of the channel. */
import type { Params } from "../../protocol/commands.js";
import type { AgentServer } from "../../protocol/peer.js";
import { DescriptorPump } from "../stdio/descriptor-pump.js";
import { DescriptorSink } from "../stdio/descriptor-sink.js";
import { feedSink } from "../stdio/feed-sink.js";
import { StreamSink } from "../stdio/stream-sink.js";
import type { Dialer } from "./dialer.js";
import { endSending } from "./sockets.js";

type Streams = Pick<AgentServer, "input" | "output">;

/** Resolves once it is there. @throws {Failure} with the errno, such as ECONNREFUSED; both streams have ended then. */
export async function openConnection(
  dialer: Dialer,
  streams: Streams,
  { address, port, input, output }: Params<"network.connect">,
): Promise<void> {
  const [sent, received] = [streams.input(input), streams.output(output)];
  const cancelled = new Promise<void>((resolve) => received.onCancel(() => resolve()));
  const { system } = dialer;
  const { fd, answered } = await dialer.dial(address, port).catch((error: unknown) => {
    const reason = String(error);
    sent.cancel(reason);
    received.reset(reason);
    throw error;
  });
  const sink = new DescriptorSink(system, fd);
  const pump = new DescriptorPump(system, fd, [new StreamSink(received), answered]);
  void cancelled.then(() => pump.stop());
  const feeding = feedSink(sent, sink).then(() => endSending(system, fd));
  void pump.ended
    .then(() => received.end().catch(() => {}))
    .then(() => {
      // Who answers no more does not listen either: what is still to be sent has no reader.
      sent.cancel("the connection has ended");
      sink.release();
      return feeding;
    })
    .then(() => system.close(fd));
}
