/** Commands that do one thing to several containers, images or volumes. */
import type { Call } from "./command-spec.js";
import { messageOf } from "./errors.js";

/**
 * Starts `act` for all `targets` at once; what each returns is printed in their order, as are the errors.
 * @returns 1 if any failed.
 */
export async function forEachTarget(
  { context }: Call,
  targets: readonly string[],
  act: (target: string) => Promise<string | undefined>,
): Promise<number> {
  const outcomes = await Promise.allSettled(targets.map(act));
  for (const outcome of outcomes)
    if (outcome.status === "fulfilled" && outcome.value !== undefined) await context.stdout.write(outcome.value);
  const failures = outcomes.filter((outcome) => outcome.status === "rejected");
  for (const { reason } of failures) await context.stderr.write(`${messageOf(reason)}\n`);
  return failures.length > 0 ? 1 : 0;
}
