/** `drydock lesson`: for authors. Nothing of a lesson runs outside the guest. */
import { parseArgs } from "node:util";
import { HERE } from "../../lessons/lacks.js";
import { readLesson } from "../../lessons/read-lesson.js";
import { openHeadless } from "../headless.js";
import { printSteps } from "../steps.js";
import { checkLesson } from "./check-lesson.js";
import { lessonFolders } from "./lesson-folders.js";
import { writeNewLesson } from "./new-lesson.js";
import { reportLines } from "./report.js";

const HELP = `Usage:  drydock lesson COMMAND DIR

Commands:
  check [--timeout SECONDS] DIR  Prove each step: its check fails before its solution and passes after it
  new DIR                        Write a small lesson to begin with

DIR is a scenario folder, or a folder of them.
`;

const DEFAULT_TIMEOUT_SECONDS = "120";

/** @returns 1 when a lesson fails. @throws {Error} when DIR is no lesson. */
export async function runLesson(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      timeout: { type: "string", default: DEFAULT_TIMEOUT_SECONDS },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command, directory, ...more] = positionals;
  if (command === "check" && directory && more.length === 0) return check(directory, secondsOf(values.timeout));
  if (command === "new" && directory && more.length === 0) {
    for (const path of writeNewLesson(directory)) process.stdout.write(`${path}\n`);
    return 0;
  }
  (values.help ? process.stdout : process.stderr).write(HELP);
  return values.help ? 0 : 2;
}

/** Each lesson has a machine of its own. */
async function check(directory: string, timeoutSeconds: number): Promise<number> {
  let failed = 0;
  const onStep = printSteps((line) => process.stderr.write(`${line}\n`));
  for (const { name, files } of lessonFolders(directory)) {
    const headless = await openHeadless({ onStep });
    try {
      const result = await checkLesson(headless.machine, readLesson(files, HERE), timeoutSeconds * 1000);
      if (!result.passed) failed++;
      process.stdout.write(`${reportLines(name, result).join("\n")}\n`);
    } finally {
      headless.dispose();
    }
  }
  return failed > 0 ? 1 : 0;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0)) throw new Error(`--timeout ${text}: not a number of seconds`);
  return seconds;
}
