import { binary, run } from "./run.js";

const ENVIRONMENTS = ["shared", "agent", "worker", "page", "node"];

/** Each environment against its own tsconfig. @returns how many failed. */
export async function typecheck(): Promise<number> {
  const statuses = await Promise.all(ENVIRONMENTS.map((name) => run(binary("tsc"), ["-p", `tsconfig.${name}.json`])));
  return statuses.filter((status) => status !== 0).length;
}

if (process.argv[1] === import.meta.filename) process.exitCode = (await typecheck()) === 0 ? 0 : 1;
