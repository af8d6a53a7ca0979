/**
 * Joins the caller's stdio to a container or exec. Where the engine could join the descriptors themselves, in the
 * guest, nothing passes here; otherwise the bytes are carried between the engine's stream and the caller.
 */
import type { Upgraded } from "../engine/api/handler.js";
import type { CommandContext } from "./command.js";

export interface Joined {
  /** Resolves when all output has been passed on. */
  drained: Promise<void>;
  /** Stops reading the caller's stdin. */
  close(): void;
}

export function joinStdio(context: CommandContext, upgraded: Upgraded, withStdin: boolean): Joined {
  const input = withStdin && !upgraded.joined ? pumpInput(context, upgraded) : undefined;
  const drained = pumpOutput(context, upgraded);
  // Whoever waits for the output sees its failure; until then it must not count as unhandled.
  drained.catch(() => {});
  return { drained, close: () => input?.close() };
}

async function pumpOutput(context: CommandContext, { output }: Upgraded): Promise<void> {
  const reader = output.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    await (value.stream === "stderr" ? context.stderr : context.stdout).write(value.bytes);
  }
}

function pumpInput(context: CommandContext, { stdin, terminal }: Upgraded): { close(): void } {
  const reader = context.stdin({ raw: terminal }).getReader();
  const writer = stdin.getWriter();
  const pump = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return writer.close();
      await writer.write(value);
    }
  };
  // The process may end before its input does.
  pump().catch(() => {});
  return { close: () => void reader.cancel().catch(() => {}) };
}
