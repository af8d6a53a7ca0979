import type { V86Cpu } from "./v86.js";

const PAGE_BYTES = 4096;
/** v86's table holds 900. A slice of the guest's time compiles one or two. */
const MOST_MODULES = 880;
/** One of so many is given up when there are too many. */
const SHARE = 8;

/**
 * v86 has room for a fixed number of compiled modules, and when it is full throws all away: the guest is then as slow
 * as after a restore, for seconds. So some are given up before. Which of them are in use v86 does not tell; they are
 * taken evenly from old and new, and those that are missed are compiled again soon.
 */
export class ModuleRoom {
  /** Addresses in the guest's memory by the modules' places in the table, the oldest first. */
  readonly #live = new Map<number, number>();
  #turn = 0;
  #thrownAway = 0;

  constructor(
    readonly cpu: V86Cpu,
    readonly most = MOST_MODULES,
  ) {
    const { codegen_finalize, jit_clear_func, jit_clear_all_funcs } = cpu;
    cpu.codegen_finalize = (index, address, ...rest) => {
      this.#live.delete(index);
      this.#live.set(index, address >>> 0);
      codegen_finalize.call(cpu, index, address, ...rest);
    };
    cpu.jit_clear_func = (index) => {
      this.#live.delete(index);
      jit_clear_func.call(cpu, index);
    };
    cpu.jit_clear_all_funcs = () => {
      this.#live.clear();
      this.#thrownAway++;
      jit_clear_all_funcs.call(cpu);
    };
  }

  /** Modules there are. */
  get modules(): number {
    return this.#live.size;
  }

  /** How often all were thrown away. */
  get thrownAway(): number {
    return this.#thrownAway;
  }

  /** Between slices of the guest's time only: in one, v86 may be in the midst of its compiler. */
  makeRoom(): void {
    if (this.#live.size < this.most) return;
    const turn = this.#turn++ % SHARE;
    const given = [...this.#live.values()].filter((_, at) => at % SHARE === turn);
    for (const address of given) {
      const page = address - (address % PAGE_BYTES);
      this.cpu.jit_dirty_cache(page, page + PAGE_BYTES);
    }
  }
}
