import { expect, test } from "vitest";
import { ModuleRoom } from "./module-room.js";
import type { V86Cpu } from "./v86.js";

/** A compiler that only keeps count: of each page one module. */
function fakeCpu() {
  const pages = new Map<number, number>();
  const cpu = {
    codegen_finalize: (index: number, address: number) => void pages.set(index, address),
    jit_clear_func: (index: number) => void pages.delete(index),
    jit_clear_all_funcs: () => pages.clear(),
    jit_dirty_cache(start: number, end: number) {
      for (const [index, address] of pages) if (address >= start && address < end) cpu.jit_clear_func(index);
    },
  };
  return { cpu: cpu as unknown as V86Cpu, pages };
}

test("modules are given up, evenly, before there is no room for the next", () => {
  const { cpu, pages } = fakeCpu();
  const room = new ModuleRoom(cpu, 80);
  for (let index = 0; index < 80; index++) {
    room.makeRoom();
    cpu.codegen_finalize(index, index * 4096 + 12, 0, 0, 0);
  }
  expect(room.modules).toBe(80);
  room.makeRoom();
  expect(room.modules).toBe(70);
  expect(pages.size).toBe(70);
  expect([...pages.keys()].slice(0, 3)).toEqual([1, 2, 3]);
  for (let index = 100; index < 110; index++) cpu.codegen_finalize(index, index * 4096, 0, 0, 0);
  room.makeRoom();
  expect(pages.has(1)).toBe(true);
  expect(pages.has(2)).toBe(false);
  expect(room.thrownAway).toBe(0);
});

test("what v86 throws away itself is known", () => {
  const { cpu } = fakeCpu();
  const room = new ModuleRoom(cpu);
  cpu.codegen_finalize(1, 0x1000, 0, 0, 0);
  cpu.codegen_finalize(2, 0x2000, 0, 0, 0);
  cpu.jit_clear_func(1);
  expect(room.modules).toBe(1);
  cpu.jit_clear_all_funcs();
  expect([room.modules, room.thrownAway]).toEqual([0, 1]);
});
