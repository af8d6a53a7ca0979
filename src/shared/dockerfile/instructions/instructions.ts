import type { Expander, InstructionDefinition } from "../definition.js";
import { type AddInstruction, add } from "./add.js";
import { type ArgInstruction, arg } from "./arg.js";
import { type CmdInstruction, cmd } from "./cmd.js";
import { type CopyInstruction, copy } from "./copy.js";
import { type EntrypointInstruction, entrypoint } from "./entrypoint.js";
import { type EnvInstruction, env } from "./env.js";
import { type ExposeInstruction, expose } from "./expose.js";
import { type FromInstruction, from } from "./from.js";
import { type HealthcheckInstruction, healthcheck } from "./healthcheck.js";
import { type LabelInstruction, label } from "./label.js";
import { type MaintainerInstruction, maintainer } from "./maintainer.js";
import { type OnbuildInstruction, onbuild } from "./onbuild.js";
import { type RunInstruction, run } from "./run.js";
import { type ShellInstruction, shell } from "./shell.js";
import { type StopsignalInstruction, stopsignal } from "./stopsignal.js";
import { type UserInstruction, user } from "./user.js";
import { type VolumeInstruction, volume } from "./volume.js";
import { type WorkdirInstruction, workdir } from "./workdir.js";

export type Instruction =
  | AddInstruction
  | ArgInstruction
  | CmdInstruction
  | CopyInstruction
  | EntrypointInstruction
  | EnvInstruction
  | ExposeInstruction
  | FromInstruction
  | HealthcheckInstruction
  | LabelInstruction
  | MaintainerInstruction
  | OnbuildInstruction
  | RunInstruction
  | ShellInstruction
  | StopsignalInstruction
  | UserInstruction
  | VolumeInstruction
  | WorkdirInstruction;

export type InstructionName = Instruction["name"];

/** What may stand in a stage after its FROM. */
export type StageInstruction = Exclude<Instruction, FromInstruction>;

/** Every instruction there is, by name. */
export const instructions = {
  ADD: add,
  ARG: arg,
  CMD: cmd,
  COPY: copy,
  ENTRYPOINT: entrypoint,
  ENV: env,
  EXPOSE: expose,
  FROM: from,
  HEALTHCHECK: healthcheck,
  LABEL: label,
  MAINTAINER: maintainer,
  ONBUILD: onbuild,
  RUN: run,
  SHELL: shell,
  STOPSIGNAL: stopsignal,
  USER: user,
  VOLUME: volume,
  WORKDIR: workdir,
} satisfies { [N in InstructionName]: InstructionDefinition<Extract<Instruction, { name: N }>> };

/** The definition behind a keyword in any case. */
export function definitionOf(keyword: string): InstructionDefinition<Instruction> | undefined {
  const name = keyword.toUpperCase();
  return Object.hasOwn(instructions, name)
    ? (instructions[name as InstructionName] as unknown as InstructionDefinition<Instruction>)
    : undefined;
}

/** `instruction` with its variables replaced, where its kind replaces any. */
export function expandWith<I extends Instruction>(instruction: I, expand: Expander): I {
  return (definitionOf(instruction.name)!.expand?.(instruction, expand) ?? instruction) as I;
}
