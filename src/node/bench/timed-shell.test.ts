import { expect, test } from "vitest";
import { openLocalShell } from "./local-shell.js";

test("a line's output and both clocks, quotes and all", async () => {
  const shell = openLocalShell();
  const { output, shellMs, callerMs } = await shell.run(`printf '%s' "it's"; kept=1; echo '!' >&2`);
  expect(output).toBe("it's!\n");
  expect(shellMs).toBeGreaterThan(0);
  expect(callerMs).toBeGreaterThan(0);
  expect((await shell.run("echo $kept")).output).toBe("1\n");
  shell.dispose();
});

test("a line that fails rejects with its output; the shell goes on", async () => {
  const shell = openLocalShell({ WORD: "of the environment" });
  await expect(shell.run("echo no; false")).rejects.toThrow("echo no; false: exit status 1: no");
  expect((await shell.run("echo $WORD")).output).toBe("of the environment\n");
  await expect(shell.run("exit 3")).rejects.toThrow("the shell ended");
  await expect(shell.run("true")).rejects.toThrow("the shell ended");
});

test("one line at a time", async () => {
  const shell = openLocalShell();
  const first = shell.run("true");
  await expect(shell.run("false")).rejects.toThrow("false: the shell still runs true");
  await first;
  shell.dispose();
});
