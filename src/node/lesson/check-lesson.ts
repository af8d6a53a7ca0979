/** Proves a lesson: what each step asks for is not there before its solution has run, and is afterwards. */
import { assetScript } from "../../lessons/assets.js";
import type { Lesson, LessonAsset, LessonPage, LessonScript, LessonStep } from "../../lessons/lesson.js";
import { commandsOf } from "../../lessons/markdown/nodes.js";
import { runScript, type ScriptMachine, type ScriptResult } from "../../session/run-script.js";

export type StepOutcome = "proved" | "failed" | "unchecked";

export interface StepResult {
  title: string;
  outcome: StepOutcome;
  /** Why it failed or is unchecked; what the check says to the learner when it is proved. */
  reason: string;
  durationMs: number;
}

export interface LessonResult {
  lesson: Lesson;
  steps: StepResult[];
  /** No step failed; those that have no solution, or no check, are only tried. */
  passed: boolean;
}

type Run = (script: LessonScript) => Promise<ScriptResult>;

/** What stops a step, told in its reason. */
class StepFailure extends Error {}

/** `machine` is used up by it. */
export async function checkLesson(machine: ScriptMachine, lesson: Lesson, timeoutMs: number): Promise<LessonResult> {
  const run: Run = async ({ file, text }) => {
    const result = await runScript(machine, text, { name: file, timeoutMs });
    if (result.timedOut) throw new StepFailure(`${file} was killed: it had not ended after ${timeoutMs / 1000} s`);
    return result;
  };
  const steps: StepResult[] = [];
  const prove = async (title: string, work: () => Promise<Omit<StepResult, "title" | "durationMs">>) =>
    steps.push({ title, ...(await timed(work)) });
  if (lesson.intro || lesson.assets.length > 0)
    await prove(lesson.intro?.title ?? "Assets", async () => {
      for (const asset of lesson.assets) await place(asset, machine, timeoutMs);
      if (lesson.intro) await start(lesson.intro, run);
      return { outcome: "proved", reason: "" };
    });
  for (const step of lesson.steps) await prove(step.title, () => proveStep(step, run));
  const passed = steps.length > 0 && steps.every(({ outcome }) => outcome !== "failed");
  return { lesson, steps, passed };
}

async function timed(work: () => Promise<Omit<StepResult, "title" | "durationMs">>) {
  const started = performance.now();
  const result = await work().catch((error: unknown) => {
    if (error instanceof StepFailure) return { outcome: "failed", reason: error.message } as const;
    throw error;
  });
  return { ...result, durationMs: performance.now() - started };
}

async function place(asset: LessonAsset, machine: ScriptMachine, timeoutMs: number): Promise<void> {
  const { name, script, stdin } = assetScript(asset);
  const { status, output } = await runScript(machine, script, { name, timeoutMs, stdin });
  if (status !== 0) throw new StepFailure(`the asset ${name} cannot be written: ${lastLine(output)}`);
}

async function start({ background, foreground }: LessonPage, run: Run): Promise<void> {
  for (const script of [background, foreground]) if (script) await mustPass(script, run);
}

async function proveStep(step: LessonStep, run: Run): Promise<Omit<StepResult, "title" | "durationMs">> {
  await start(step, run);
  const solution = step.solution ?? solutionOfText(step);
  if (!step.verify) {
    if (solution) await mustPass(solution, run);
    return { outcome: "unchecked", reason: "there is no verify script" };
  }
  const before = await run(step.verify);
  if (before.status === 0) throw new StepFailure(`${step.verify.file} passes before anything is done`);
  if (!solution) return { outcome: "unchecked", reason: "there is no solution" };
  await mustPass(solution, run);
  await mustPass(step.verify, run, " after the solution");
  return { outcome: "proved", reason: firstLine(before.output) || "the check fails without a word" };
}

/** A step that says what to run is solved by running it. */
function solutionOfText({ file, text }: LessonStep): LessonScript | undefined {
  const commands = commandsOf(text).map((command) => command.text);
  return commands.length === 0 ? undefined : { file, text: commands.join("\n") };
}

async function mustPass(script: LessonScript, run: Run, when = ""): Promise<void> {
  const { status, output } = await run(script);
  if (status !== 0)
    throw new StepFailure(`${script.file} ends with ${status}${when}: ${lastLine(output) || "no output"}`);
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0]!;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)!;
}
