// `npm start`, `npm test` and their like: makes the dependencies be there, then hands over to TypeScript.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureDependencies, projectDir } from "./dependencies.mjs";

const [command, ...args] = process.argv.slice(2);
ensureDependencies((line) => console.log(line));
const child = spawn(
  process.execPath,
  [...process.execArgv, "--import", "tsx", join(projectDir, "src/node/tasks", `${command}.ts`), ...args],
  {
    cwd: projectDir,
    stdio: "inherit",
  },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 130 : code));
