/**
 * Lists of files that the agent sends: JSON lines on a stream, the files' data in one exchange file, or on the guest's
 * disk.
 */
import { type CollectedEntry, parseCollectedEntry } from "../../protocol/collected-entry.js";
import type { StreamId } from "../../protocol/commands.js";
import { dataBytes, type Extent, extentsWorthKeeping } from "../../shared/files/sparse-bytes.js";
import type { EngineMachine } from "../engine-machine.js";
import type { Sandbox } from "./sandbox.js";

type CollectingMachine = Pick<EngineMachine, "agent" | "exchange">;
type ReadingMachine = Pick<EngineMachine, "agent" | "exchange" | "disk">;

export interface Collected {
  /** Parents first, names in no order. */
  entries: CollectedEntry[];
  /** The files' data: collectedData finds an entry's. */
  contents: Uint8Array;
}

const NOTHING: Collected = { entries: [], contents: new Uint8Array() };

/** What a sandbox has changed, without the files' data. */
export async function listDiff({ agent }: Pick<EngineMachine, "agent">, sandbox: Sandbox): Promise<CollectedEntry[]> {
  const { id: key, written } = sandbox;
  if (!written) return [];
  const { entries } = await list(agent, (entries) => agent.call("snapshot.diff", { key, entries }));
  return entries;
}

/** What a sandbox has changed whose processes have ended; it must not be destroyed before this is there. */
export async function collectLayer(machine: ReadingMachine, { id: key, written }: Sandbox): Promise<Collected> {
  if (!written) return NOTHING;
  const collected = await collect(machine, (to) => machine.agent.call("snapshot.diff", { key, ...to, fromDisk: true }));
  return withDisk(machine.disk, collected);
}

/** The same while its processes may run and change it: all data are copied. */
export async function collectRunning(machine: CollectingMachine, { id: key, written }: Sandbox): Promise<Collected> {
  return written ? collect(machine, (to) => machine.agent.call("snapshot.diff", { key, ...to })) : NOTHING;
}

/** A directory of the guest, without itself; or one file, whose path is empty. @throws {CommandError} */
export function collectGuestTree(machine: CollectingMachine, root: string): Promise<Collected> {
  return collect(machine, (to) => machine.agent.call("tree.collect", { root, ...to }));
}

/** Bytes of the files below a directory of the guest. @throws {CommandError} */
export async function guestTreeBytes({ agent }: Pick<EngineMachine, "agent">, root: string): Promise<number> {
  const { entries } = await list(agent, (entries) => agent.call("tree.collect", { root, entries }));
  return totalBytes(entries);
}

export function totalBytes(entries: readonly CollectedEntry[]): number {
  return entries.reduce((sum, { size = 0 }) => sum + size, 0);
}

async function collect(
  { agent, exchange }: CollectingMachine,
  ask: (to: { entries: StreamId; contents: string }) => Promise<{ contentBytes: number }>,
): Promise<Collected> {
  const contents = exchange.name();
  const { entries, reply } = await list(agent, (entries) => ask({ entries, contents }));
  const { contentBytes } = reply;
  const bytes = contentBytes > 0 ? exchange.take(contents) : takeIfThere(exchange, contents);
  if (bytes.length !== contentBytes)
    throw new Error(`exchange file ${contents} has ${bytes.length} bytes, not the ${contentBytes} that were collected`);
  return { entries, contents: bytes };
}

async function list<T>(agent: EngineMachine["agent"], ask: (entries: StreamId) => Promise<T>) {
  const input = agent.openInput();
  const lines = readLines(input);
  const asked = ask(input.id);
  // The lines end in failure when the command does, and it is the command that tells why.
  lines.catch(() => {});
  asked.catch((error: Error) => input.cancel(error.message));
  const reply = await asked;
  return { reply, entries: (await lines).map((line) => parseCollectedEntry(line, base64Decode)) };
}

/** The same with what is on the disk after the other contents. @throws {RangeError} for what is beyond the disk. */
function withDisk(disk: EngineMachine["disk"], { entries, contents }: Collected): Collected {
  const kept = new Map<CollectedEntry, Extent[]>();
  for (const entry of entries) if (entry.diskOffsets) kept.set(entry, extentsWorthKeeping(entry.size!, entry.extents!));
  if (kept.size === 0) return { entries, contents };
  const size = [...kept.values()].reduce((sum, extents) => sum + dataBytes(extents), contents.length);
  const all = new Uint8Array(size);
  all.set(contents);
  let end = contents.length;
  const placed = entries.map((entry) => {
    const extents = kept.get(entry);
    if (!extents) return entry;
    const offset = end;
    end += dataBytes(extents);
    readExtents(disk, entry, extents, all.subarray(offset, end));
    const { diskOffsets: _, extents: onDisk, ...rest } = entry;
    return { ...rest, offset, ...(dataBytes(extents) < entry.size! && { extents }) };
  });
  return { entries: placed, contents: all };
}

/** Fills `data`, zeros so far, of the `kept` extents: each of those on the disk is in one of them. */
function readExtents(disk: EngineMachine["disk"], entry: CollectedEntry, kept: readonly Extent[], data: Uint8Array) {
  let [at, start] = [0, 0];
  for (const [index, { offset, length }] of entry.extents!.entries()) {
    while (offset >= kept[at]!.offset + kept[at]!.length) start += kept[at++]!.length;
    const from = start + offset - kept[at]!.offset;
    disk.read(entry.diskOffsets![index]!, data.subarray(from, from + length));
  }
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
