/** Resource limits of a process, as the OCI runtime spec names them. */
import * as constants from "../linux/constants.js";

const numbers = new Map(Object.entries<number>(constants).filter(([name]) => name.startsWith("RLIMIT_")));

/** Undefined for a name that the kernel does not have. */
export function rlimitNumber(type: string): number | undefined {
  return numbers.get(type);
}
