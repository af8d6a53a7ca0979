/** Progress of long work, a line for each named step: `name … detail, 9.1 MB, 12.3 s`. */
export interface Step {
  name: string;
  detail?: string;
  ms?: number;
  bytes?: number;
}

export type StepListener = (step: Step) => void;

/** Lines for `write`, which is given no newline. */
export function printSteps(write: (line: string) => void): StepListener {
  return (step) => {
    if (step.ms === undefined) {
      write(`${step.name} …`);
      return;
    }
    const parts = [step.detail, step.bytes === undefined ? undefined : megabytes(step.bytes), seconds(step.ms)];
    write(`${step.name}: ${parts.filter(Boolean).join(", ")}`);
  };
}

/** Runs `work` as a named step, told before and after. */
export async function asStep<T>(
  listener: StepListener,
  name: string,
  work: () => Promise<T>,
  report: (result: T) => { detail?: string; bytes?: number } = () => ({}),
): Promise<T> {
  listener({ name });
  const started = performance.now();
  const result = await work();
  listener({ name, ms: performance.now() - started, ...report(result) });
  return result;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
