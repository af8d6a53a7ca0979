/** The question before something is removed. */
import type { CommandContext } from "./command.js";

/** Asks on stdout and reads one line; only `y` or `yes` counts. */
export async function confirm(context: CommandContext, warning: string): Promise<boolean> {
  await context.stdout.write(`${warning}\nAre you sure you want to continue? [y/N] `);
  return /^y(es)?$/i.test((await readLine(context)).trim());
}

async function readLine(context: CommandContext): Promise<string> {
  const reader = context.stdin().getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (!text.includes("\n")) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  return text.split("\n")[0]!;
}
