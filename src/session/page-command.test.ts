import { expect, test } from "vitest";
import type { Command } from "../cli/command.js";
import type { EngineHandler } from "../engine/api/handler.js";
import type { FilesMachine } from "./caller-files.js";
import { runPageCommand } from "./page-command.js";

const parts = (run: Command) => ({ machine: {} as FilesMachine, engine: {} as EngineHandler, run });

test("both streams are one output, cut characters whole again", async () => {
  const output: string[] = [];
  const run: Command = async ({ argv, stdout, stderr, joinSession }) => {
    const bytes = new TextEncoder().encode("é");
    await stdout.write(bytes.subarray(0, 1));
    await stdout.write(bytes.subarray(1));
    await stderr.write(` ${argv[0]} ${joinSession}`);
    return 4;
  };
  const status = await runPageCommand(parts(run), ["ps"], { cwd: "/", onOutput: (text) => output.push(text) });
  expect([status, output.join("")]).toEqual([4, "é ps undefined"]);
});

test("aborting is SIGINT", async () => {
  const abort = new AbortController();
  const run: Command = ({ onSignal }) => new Promise((resolve) => onSignal((signal) => resolve(128 + signal)));
  const status = runPageCommand(parts(run), ["build"], { cwd: "/", onOutput() {}, signal: abort.signal });
  abort.abort();
  expect(await status).toBe(130);
});
