/** Our own help pages, without a machine: a page asks the engine nothing. */
import { runDocker } from "../../cli/main.js";
import { Emitter } from "../../shared/disposable.js";

/** Laid out for no terminal. */
export async function ownHelp(words: readonly string[]): Promise<string> {
  const page: string[] = [];
  const asked = (): never => {
    throw new Error("a help page asked for more than its words");
  };
  await runDocker({
    engine: { fetch: asked, upgrade: asked },
    argv: [...words, "--help"],
    cwd: "/",
    env: { HOME: process.env.HOME ?? "/root" },
    stdout: { write: async (text) => void page.push(String(text)) },
    stderr: { write: async () => {} },
    terminal: { stdin: false, stdout: false, stderr: false },
    size: () => ({ columns: 80, rows: 24 }),
    onResize: new Emitter<{ columns: number; rows: number }>().event,
    onSignal: new Emitter<number>().event,
    stdin: asked,
    files: { collect: asked, write: asked, kind: asked, unpack: asked },
  });
  return page.join("");
}
