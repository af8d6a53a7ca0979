import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/** zstd of one file into another, on all cores. */
export async function compress(from: string, to: string, level: number): Promise<void> {
  await run("zstd", ["-q", "-f", `-${level}`, `-T${availableParallelism()}`, from, "-o", to]);
}
