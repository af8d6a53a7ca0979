/**
 * Progress of pulls and loads: on a terminal every layer keeps its line, which is redrawn in place; elsewhere each
 * change of status is a line, and mere byte counts are left out.
 */
import type { ProgressMessage } from "../engine/api/types.js";
import { humanSize } from "../shared/units/size.js";
import type { TextSink } from "./command.js";
import { CommandFailure } from "./errors.js";

const CLEAR_LINE = "\x1b[2K\r";
/** Narrower terminals get the byte counts without a bar. */
const BAR_COLUMNS = 110;

export interface ProgressOptions {
  out: TextSink;
  terminal: boolean;
  columns: number;
}

/** @throws {CommandFailure} with the error that a message carries. */
export async function showProgress(messages: AsyncIterable<ProgressMessage>, options: ProgressOptions): Promise<void> {
  let lines = new Map<string, number>();
  for await (const message of messages) {
    if (message.error !== undefined || message.errorDetail)
      throw new CommandFailure(message.errorDetail?.message ?? message.error ?? "");
    const { id, progressDetail } = message;
    if (id === undefined || progressDetail === undefined || !options.terminal) {
      lines = new Map();
      const text = plainText(message);
      if (text) await options.out.write(text);
      continue;
    }
    const isNew = !lines.has(id);
    if (isNew) lines.set(id, lines.size);
    const up = lines.size - lines.get(id)!;
    const text = `${id}: ${message.status} ${progressText(progressDetail, options.columns)}`;
    await options.out.write(`${isNew ? "\n" : ""}\x1b[${up}A${CLEAR_LINE}${text}\r\x1b[${up}B`);
  }
}

function plainText({ id, status, stream, progressDetail }: ProgressMessage): string {
  if (stream !== undefined) return stream;
  if (progressDetail?.current || progressDetail?.total || status === undefined) return "";
  return `${id === undefined ? "" : `${id}: `}${status}\n`;
}

function progressText({ current = 0, total = 0 }: { current?: number; total?: number }, columns: number): string {
  if (current <= 0 && total <= 0) return "";
  const done = humanSize(current).padStart(8);
  if (total <= 0 || current > total) return done;
  const filled = Math.min(50, Math.trunc((current / total) * 50));
  const bar = columns > BAR_COLUMNS ? `[${`${"=".repeat(filled)}>`.padEnd(51)}] ` : "";
  return `${bar}${done}/${humanSize(total)}`;
}
