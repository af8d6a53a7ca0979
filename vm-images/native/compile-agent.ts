/** The agent's bytecode. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundleAgent } from "../agent-bundle.js";

const run = promisify(execFile);

export interface CompileOptions {
  /** Program made by buildNative; it is run here, so the kernel must run i686 programs. */
  agentHost: string;
  /** Where the bytecode goes. */
  outFile: string;
  /** The agent's main module when left out. */
  entry?: string;
}

/** @throws {Error} with the interpreter's messages. */
export async function compileAgent({ agentHost, outFile, entry }: CompileOptions): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "drydock-agent-"));
  try {
    const source = join(dir, "agent.js");
    await writeFile(source, await bundleAgent(entry));
    await run(agentHost, ["--compile", source, outFile]);
  } finally {
    await rm(dir, { recursive: true });
  }
}
