/** Lists of files that the agent sends: JSON lines on a stream, the files' data in one exchange file. */
import { type CollectedEntry, parseCollectedEntry } from "../../protocol/collected-entry.js";
import type { StreamId } from "../../protocol/commands.js";
import type { EngineMachine } from "../engine-machine.js";
import type { Sandbox } from "./sandbox.js";

type CollectingMachine = Pick<EngineMachine, "agent" | "exchange">;

export interface Collected {
  /** Parents first, names in no order. */
  entries: CollectedEntry[];
  /** The files' data: collectedData finds an entry's. */
  contents: Uint8Array;
}

const NOTHING: Collected = { entries: [], contents: new Uint8Array() };

/** What a sandbox has changed. */
export async function collectDiff(machine: CollectingMachine, { id: key, written }: Sandbox): Promise<Collected> {
  if (!written) return NOTHING;
  return collect(machine, (to) => machine.agent.call("snapshot.diff", { key, ...to }));
}

/** A directory of the guest, without itself; or one file, whose path is empty. @throws {CommandError} */
export function collectGuestTree(machine: CollectingMachine, root: string): Promise<Collected> {
  return collect(machine, (to) => machine.agent.call("tree.collect", { root, ...to }));
}

async function collect(
  { agent, exchange }: CollectingMachine,
  ask: (to: { entries: StreamId; contents: string }) => Promise<{ contentBytes: number }>,
): Promise<Collected> {
  const input = agent.openInput();
  const contents = exchange.name();
  const lines = readLines(input);
  const reply = ask({ entries: input.id, contents });
  // The lines end in failure when the command does, and it is the command that tells why.
  lines.catch(() => {});
  reply.catch((error: Error) => input.cancel(error.message));
  const { contentBytes } = await reply;
  const entries = (await lines).map((line) => parseCollectedEntry(line, base64Decode));
  const bytes = contentBytes > 0 ? exchange.take(contents) : takeIfThere(exchange, contents);
  if (bytes.length !== contentBytes)
    throw new Error(`exchange file ${contents} has ${bytes.length} bytes, not the ${contentBytes} that were collected`);
  return { entries, contents: bytes };
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

function base64Decode(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
