import type { LessonAsset } from "../../lessons/lesson.js";
import { runScript, type ScriptMachine } from "../../session/run-script.js";

/** Puts each asset where it belongs in the guest. @throws {Error} naming the first that cannot be put there. */
export async function placeAssets(
  machine: ScriptMachine,
  assets: readonly LessonAsset[],
  timeoutMs: number,
): Promise<void> {
  for (const { bytes, target, chmod } of assets) {
    const name = shellWord(target);
    const mode = chmod === undefined ? "" : ` && chmod ${shellWord(chmod)} ${name}`;
    const script = `mkdir -p "$(dirname ${name})" && cat >${name}${mode}`;
    const { status, output } = await runScript(machine, script, { name: target, timeoutMs, stdin: bytes });
    if (status !== 0) throw new Error(`the asset ${target} cannot be written: ${output.trim()}`);
  }
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
