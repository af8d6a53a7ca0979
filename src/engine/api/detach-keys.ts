/** The keys that leave a container's terminal without ending it: Ctrl-P Ctrl-Q, or what the asker would rather have. */
import { EngineError } from "../engine-error.js";

const DEFAULT = "ctrl-p,ctrl-q";
const CONTROLS = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

/** `ctrl-p,ctrl-q`, `a,b`. @throws {EngineError} `invalid` naming the key. */
export function parseDetachKeys(text: string | undefined): Uint8Array {
  return Uint8Array.from((text || DEFAULT).split(","), (key) => {
    const control = /^ctrl-(.)$/.exec(key)?.[1];
    const code = control === undefined ? -1 : CONTROLS.indexOf(control);
    if (code >= 0) return code;
    if (!/^[\x20-\x7e]$/.test(key))
      throw new EngineError("invalid", `invalid detach keys (${text}): unknown key ${key}`);
    return key.charCodeAt(0);
  });
}

/** Passes on to `stdin` all but the keys; once they have come, nothing any more. A sequence begun is held back. */
export function untilKeys(
  stdin: WritableStream<Uint8Array>,
  keys: Uint8Array,
  onDetach: () => void,
): WritableStream<Uint8Array> {
  const writer = stdin.getWriter();
  let matched = 0;
  let detached = false;
  return new WritableStream({
    async write(bytes) {
      const passed: number[] = [];
      if (detached) return;
      for (const byte of bytes) {
        if (byte !== keys[matched]) passed.push(...keys.subarray(0, matched));
        matched = byte === keys[matched] ? matched + 1 : byte === keys[0] ? 1 : 0;
        if (matched === 0) passed.push(byte);
        detached = matched === keys.length;
        if (detached) break;
      }
      if (passed.length > 0) await writer.write(Uint8Array.from(passed));
      if (detached) onDetach();
    },
    close: () => (detached ? undefined : writer.close()),
  });
}
