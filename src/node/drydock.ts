/** The `drydock` command: `image`, `lesson`, `sh`, `serve`. Progress goes to stderr, so that stdout is the script's alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runLesson } from "./lesson/run-lesson.js";
import { projectDir } from "./paths.js";
import { runImage } from "./run-image.js";
import { runShell } from "./run-shell.js";
import { runServe } from "./serve/run-serve.js";

const HELP = `Usage:  drydock COMMAND

Containers on a Linux machine under WebAssembly

Commands:
  image   Build the VM image and print where it is
  lesson  Check a lesson, or start a new one: drydock lesson check|new DIR
  serve   Serve the Docker Engine API: drydock serve [--socket PATH] [--tcp 127.0.0.1:PORT]
  sh      Run a script in the machine's shell: drydock sh [--mount DIR] [-c SCRIPT | FILE]

Run 'npm start' for the page.
`;

/** @returns the exit status. */
export async function main(argv: string[]): Promise<number> {
  const [command, ...rest] = argv;
  try {
    switch (command) {
      case "image":
        return await runImage(rest);
      case "lesson":
        return await runLesson(rest);
      case "serve":
        return await runServe(rest);
      case "sh":
        return await runShell(rest);
      case undefined:
      case "help":
      case "--help":
      case "-h":
        process.stdout.write(HELP);
        return 0;
      case "--version":
        process.stdout.write(`${JSON.parse(readFileSync(join(projectDir, "package.json"), "utf8")).version}\n`);
        return 0;
      default:
        process.stderr.write(`drydock: unknown command "${command}"\nRun 'drydock --help' for the commands.\n`);
        return 2;
    }
  } catch (error) {
    process.stderr.write(`drydock: ${error instanceof Error ? error.message : String(error)}\n`);
    return 125;
  }
}
