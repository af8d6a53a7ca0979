/** What `drydock lesson check` prints. */
import type { Lack, LessonWarning, Place } from "../../lessons/lesson.js";
import type { LessonResult, StepOutcome, StepResult } from "./check-lesson.js";

const MARKS: Record<StepOutcome, string> = { proved: "ok", failed: "FAILED", unchecked: "-" };

/** A table of the steps, and below it what the folder's reader had to say. */
export function reportLines(name: string, { lesson, steps, passed }: LessonResult): string[] {
  const width = Math.max(0, ...steps.map(({ title }) => title.length));
  return [
    `${name}: ${lesson.title}`,
    ...steps.map((step) => stepLine(step, width)),
    ...lesson.warnings.map((warning) => `  warning  ${at(warning)}: ${oneLine(warning.message)}`),
    ...[...lesson.lacks, ...lesson.steps.flatMap(({ lacks }) => lacks)].map(
      (lack: Lack) => `  lacks    ${at(lack)}: ${oneLine(lack.message)}`,
    ),
    `  ${passed ? "passed" : "FAILED"}: ${summary(steps, lesson.warnings)}`,
  ];
}

function stepLine({ title, outcome, reason, durationMs }: StepResult, width: number): string {
  const time = `${(durationMs / 1000).toFixed(1)} s`.padStart(8);
  return `  ${MARKS[outcome].padEnd(7)} ${oneLine(title).padEnd(width)} ${time}  ${oneLine(reason)}`.trimEnd();
}

function summary(steps: readonly StepResult[], warnings: readonly LessonWarning[]): string {
  const count = (outcome: StepOutcome) => steps.filter((step) => step.outcome === outcome).length;
  const parts = [`${count("proved")} ok`, `${count("failed")} failed`, `${count("unchecked")} unchecked`];
  return [...parts, `${warnings.length} warnings`].join(", ");
}

function at({ file, line, column }: Place): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

/** A lesson's text is not the terminal's to carry out. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}
