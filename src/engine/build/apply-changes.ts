/** `--change` of commit and import: instructions of a Dockerfile that say what an image's configuration is to be. */
import { expandInstruction } from "../../shared/dockerfile/expand-instruction.js";
import { parseDockerfile } from "../../shared/dockerfile/parse-dockerfile.js";
import { GlobalArgs } from "../../shared/dockerfile/variables.js";
import type { ContainerConfig } from "../../shared/oci/image.js";
import { BuildError } from "./build-error.js";
import { applyMetadata, isMetadata, workingDirectory } from "./metadata.js";
import { StageState } from "./stage-state.js";

const ALLOWED = "CMD ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL ONBUILD STOPSIGNAL USER VOLUME WORKDIR".split(" ");

/** `config` as the instructions, one a line, make it. @throws {BuildError}, {DockerfileError} naming what cannot be. */
export function applyChanges(config: ContainerConfig, changes: readonly string[]): ContainerConfig {
  if (changes.length === 0) return config;
  const { stages, escapeToken } = parseDockerfile(["FROM scratch", ...changes].join("\n"));
  const stage = new StageState({ config, layers: [], history: [] }, new GlobalArgs({}, {}, escapeToken));
  for (const raw of stages.flatMap(({ instructions }) => instructions)) {
    if (!ALLOWED.includes(raw.name)) throw new BuildError(`${raw.name} is not a valid change command`);
    const instruction = expandInstruction(raw, stage.variables.lookup, escapeToken);
    if (instruction.name === "WORKDIR") stage.config.WorkingDir = workingDirectory(stage, instruction.path);
    else if (isMetadata(instruction)) applyMetadata(stage, instruction);
  }
  return stage.config;
}
