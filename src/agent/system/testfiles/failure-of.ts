import { SystemError } from "../system.js";

/** Message of the SystemError that `work` throws. */
export function failureOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SystemError) return error.message;
    throw error;
  }
  return "no error";
}
