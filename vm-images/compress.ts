import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Each core takes pieces of 10 MB; the default, four windows, would leave most of a state to one. */
const PIECE = "10M";

/** zstd of one file into another, on all cores. */
export async function compress(from: string, to: string, level: number): Promise<void> {
  await run("zstd", ["-q", "-f", `-${level}`, `-B${PIECE}`, `-T${availableParallelism()}`, from, "-o", to]);
}
