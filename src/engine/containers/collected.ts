/** Lists of files that the agent sends: JSON lines on a stream, contents in one exchange file. */
import type { CollectedEntry } from "../../protocol/commands.js";
import type { EngineMachine } from "../engine-machine.js";
import type { Sandbox } from "./sandbox.js";

export interface Collected {
  entries: CollectedEntry[];
  /** Bytes of a file entry. */
  contents(entry: CollectedEntry): Uint8Array;
}

const NOTHING: Collected = { entries: [], contents: () => new Uint8Array() };

/** What a sandbox has changed, parents first. */
export async function collectDiff({ agent, exchange }: EngineMachine, { id, written }: Sandbox): Promise<Collected> {
  if (!written) return NOTHING;
  const input = agent.openInput();
  const contents = exchange.name();
  const lines = readLines(input);
  const reply = agent.call("snapshot.diff", { key: id, entries: input.id, contents });
  // The lines end in failure when the command does, and it is the command that tells why.
  lines.catch(() => {});
  reply.catch((error: Error) => input.cancel(error.message));
  const { contentBytes } = await reply;
  const entries = (await lines).map((line) => JSON.parse(line) as CollectedEntry);
  const bytes = contentBytes > 0 ? exchange.take(contents) : takeIfThere(exchange, contents);
  if (bytes.length !== contentBytes)
    throw new Error(`exchange file ${contents} has ${bytes.length} bytes, not the ${contentBytes} that were collected`);
  return { entries, contents: ({ offset = 0, size = 0 }) => bytes.subarray(offset, offset + size) };
}

/** An empty file may have been made or not; either way it is not left behind. */
function takeIfThere(exchange: EngineMachine["exchange"], name: string): Uint8Array {
  try {
    return exchange.take(name);
  } catch {
    return new Uint8Array();
  }
}

async function readLines(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text.split("\n").filter((line) => line !== "");
}
