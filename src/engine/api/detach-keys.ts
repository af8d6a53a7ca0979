/** A terminal's stdin over the API, which the detach keys leave. */
import { DetachKeys, parseDetachKeys } from "../../shared/terminal/detach-keys.js";
import { EngineError } from "../engine-error.js";

/** @throws {EngineError} `invalid` naming the key. */
export function detachKeysOf(text: string | undefined): number[] {
  try {
    return parseDetachKeys(text);
  } catch (error) {
    throw new EngineError("invalid", (error as Error).message);
  }
}

/** Passes on to `stdin` all but the keys; once they have come, nothing any more. */
export function untilKeys(
  stdin: WritableStream<Uint8Array>,
  keys: readonly number[],
  onDetach: () => void,
): WritableStream<Uint8Array> {
  const writer = stdin.getWriter();
  const scanner = new DetachKeys(keys);
  return new WritableStream({
    async write(typed) {
      if (scanner.detached) return;
      const passed = scanner.pass(typed);
      if (passed.length > 0) await writer.write(passed);
      if (scanner.detached) onDetach();
    },
    close: () => (scanner.detached ? undefined : writer.close()),
  });
}
