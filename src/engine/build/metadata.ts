/** Instructions that only change the image's configuration. They never enter the guest. */
import type { CommandLine } from "../../shared/dockerfile/arguments.js";
import type { Instruction, InstructionName } from "../../shared/dockerfile/instructions/instructions.js";
import { parseExposedPort } from "../../shared/dockerfile/ports.js";
import { resolvePath } from "../containers/layered-tree.js";
import { parseSignal } from "../containers/signals.js";
import { healthcheckText, plainList, portsText, quotedList } from "./history-text.js";
import type { StageState } from "./stage-state.js";

type MetadataName = Exclude<InstructionName, "FROM" | "RUN" | "COPY" | "ADD" | "WORKDIR">;
type Apply<N extends InstructionName> = (
  stage: StageState,
  instruction: Extract<Instruction, { name: N }>,
) => string | undefined;

/** Each changes the stage and returns its line of history, if it has one. Variables are replaced already. */
const metadata = {
  ARG: (stage, instruction) => `ARG ${stage.variables.declare(instruction).join(" ")}`,

  CMD(stage, { command }) {
    const argv = argvOf(stage, command);
    stage.config.Cmd = unlessEmpty(argv);
    stage.hasOwnCommand = true;
    return `CMD ${quotedList(argv)}`;
  },

  ENTRYPOINT(stage, { command }) {
    const argv = argvOf(stage, command);
    stage.config.Entrypoint = unlessEmpty(argv);
    if (!stage.hasOwnCommand) stage.config.Cmd = undefined;
    return `ENTRYPOINT ${quotedList(argv)}`;
  },

  ENV(stage, { env }) {
    for (const { key, value } of env) setEnv(stage, key, value);
    return `ENV ${env.map(({ key, value }) => `${key}=${value}`).join(" ")}`;
  },

  EXPOSE(stage, { ports }) {
    const parsed = ports.flatMap((port) => parseExposedPort(port).ports);
    stage.config.ExposedPorts = { ...stage.config.ExposedPorts };
    for (const port of parsed) stage.config.ExposedPorts[port] = {};
    return `EXPOSE ${portsText(parsed)}`;
  },

  HEALTHCHECK(stage, check) {
    const { test, interval, timeout, startPeriod, startInterval, retries } = check;
    stage.config.Healthcheck = {
      Test: test,
      ...(interval && { Interval: interval }),
      ...(timeout && { Timeout: timeout }),
      ...(startPeriod && { StartPeriod: startPeriod }),
      ...(startInterval && { StartInterval: startInterval }),
      ...(retries && { Retries: retries }),
    };
    return `HEALTHCHECK ${healthcheckText(check)}`;
  },

  LABEL(stage, { labels }) {
    stage.config.Labels = { ...stage.config.Labels };
    for (const { key, value } of labels) stage.config.Labels[key] = value;
    return `LABEL ${labels.map(({ key, value }) => `${key}=${value}`).join(" ")}`;
  },

  MAINTAINER(stage, { maintainer }) {
    stage.author = maintainer;
    return `MAINTAINER ${maintainer}`;
  },

  ONBUILD(stage, { expression }) {
    stage.config.OnBuild = [...(stage.config.OnBuild ?? []), expression];
    return undefined;
  },

  SHELL(stage, { shell }) {
    stage.config.Shell = shell;
    return `SHELL ${plainList(shell)}`;
  },

  STOPSIGNAL(stage, { signal }) {
    checkSignal(signal);
    stage.config.StopSignal = signal;
    return `STOPSIGNAL ${signal}`;
  },

  USER(stage, { user }) {
    stage.config.User = user;
    return `USER ${user}`;
  },

  VOLUME(stage, { volumes }) {
    stage.config.Volumes = { ...stage.config.Volumes };
    for (const path of volumes) stage.config.Volumes[path] = {};
    return `VOLUME ${plainList(volumes)}`;
  },
} satisfies { [N in MetadataName]: Apply<N> };

export type MetadataInstruction = Extract<Instruction, { name: MetadataName }>;

export function isMetadata(instruction: Instruction): instruction is MetadataInstruction {
  return Object.hasOwn(metadata, instruction.name);
}

export function applyMetadata(stage: StageState, instruction: MetadataInstruction): void {
  const apply = metadata[instruction.name] as Apply<MetadataName>;
  const line = apply(stage, instruction);
  if (line !== undefined) stage.note(line);
}

/** Where `WORKDIR path` leads. */
export function workingDirectory(stage: StageState, path: string): string {
  return resolvePath(stage.config.WorkingDir || "/", path);
}

/** The shell form goes through SHELL. */
export function argvOf(stage: StageState, command: CommandLine): string[] {
  return command.form === "exec" ? command.argv : [...stage.shell, command.script];
}

/** `[]` takes away what was there. */
function unlessEmpty(argv: string[]): string[] | undefined {
  return argv.length > 0 ? argv : undefined;
}

function setEnv(stage: StageState, key: string, value: string): void {
  const env = [...(stage.config.Env ?? [])];
  const at = env.findIndex((entry) => entry.startsWith(`${key}=`));
  env.splice(at < 0 ? env.length : at, at < 0 ? 0 : 1, `${key}=${value}`);
  stage.config.Env = env;
  stage.variables.setEnv(key, value);
}

/** Any number but 0, whatever it means to the kernel. @throws {EngineError} `invalid signal: NOPE`. */
function checkSignal(text: string): void {
  if (!/^[+-]?\d+$/.test(text) || Number(text) === 0) parseSignal(text);
}
