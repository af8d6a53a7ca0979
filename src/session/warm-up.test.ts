import { expect, test } from "vitest";
import type { Machine } from "../machine/machine.js";
import { exitProgram } from "./exit-program.js";
import { warmUp } from "./warm-up.js";

/** An agent that does what it is asked, and may be interrupted or fail. */
function fakeMachine({ failing, interrupt }: { failing?: string; interrupt?: boolean } = {}) {
  const calls: string[] = [];
  const listeners = new Map<string, Set<(value: unknown) => void>>();
  const fire = (event: string, value: unknown) => {
    for (const listener of [...(listeners.get(event) ?? [])]) listener(value);
  };
  const agent = {
    on(event: string, listener: (value: unknown) => void) {
      const all = listeners.get(event) ?? new Set();
      listeners.set(event, all.add(listener));
      return { dispose: () => all.delete(listener) };
    },
    async call(command: string) {
      calls.push(command);
      if (command === failing) throw new Error("refused");
      if (command === "container.create") {
        if (interrupt) fire("session.opened", { session: 1 });
        fire("container.exited", { id: "someone-else" });
        fire("container.exited", { id: "warm-up" });
      }
      return { pid: 7 };
    },
  };
  const shelf = new Set<string>();
  const layers = { publish: (name: string) => shelf.add(name), withdraw: (name: string) => shelf.delete(name) };
  const held = () => [...listeners.values()].reduce((sum, all) => sum + all.size, 0);
  return { machine: { agent, layers } as unknown as Machine, calls, shelf, held };
}

const UNUSED = new AbortController().signal;
const ONCE = ["container.create", "container.delete"];

test("nothing is left of it", async () => {
  const { machine, calls, shelf, held } = fakeMachine();
  await warmUp(machine, UNUSED);
  expect(calls).toEqual(Array.from({ length: 10 }, () => ONCE).flat());
  expect([shelf.size, held()]).toEqual([0, 0]);
});

test("it ends when the user begins", async () => {
  const { machine, calls } = fakeMachine({ interrupt: true });
  await warmUp(machine, UNUSED);
  expect(calls).toEqual(ONCE);
});

test("it does not begin when the page has been used", async () => {
  const { machine, calls } = fakeMachine();
  await warmUp(machine, AbortSignal.abort());
  expect(calls).toEqual([]);
});

test("a failure is cleaned up and goes no further", async () => {
  const { machine, calls, shelf, held } = fakeMachine({ failing: "container.create" });
  await warmUp(machine, UNUSED);
  expect(calls).toEqual(["container.create"]);
  expect([shelf.size, held()]).toEqual([0, 0]);
});

test("the program is an ELF that begins where its code is", () => {
  const program = exitProgram();
  const view = new DataView(program.buffer);
  const entry = view.getUint32(24, true) - view.getUint32(52 + 8, true);
  expect([...program.slice(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  expect([...program.slice(entry, entry + 5)]).toEqual([0xb8, 1, 0, 0, 0]);
  expect(view.getUint32(52 + 16, true)).toBe(program.length);
});
