import { parseArgs } from "node:util";
import { prepare } from "./prepare.js";
import { printSteps } from "./steps.js";

/** `drydock image`: builds what is missing, prints the folder. */
export async function runImage(argv: string[]): Promise<number> {
  parseArgs({ args: argv, options: {} });
  const { vmImage } = await prepare({ onStep: printSteps((line) => process.stderr.write(`${line}\n`)) });
  process.stdout.write(`${vmImage}\n`);
  return 0;
}
