/** Sources of COPY and ADD that are not in the context: none can be had here. */
import type { AddInstruction } from "../../shared/dockerfile/instructions/add.js";
import type { CopyInstruction } from "../../shared/dockerfile/instructions/copy.js";
import { BuildError } from "./build-error.js";

/** @throws {BuildError} in BuildKit's words where they are about the Dockerfile, in ours where they are about here. */
export function refuseRemote(instruction: CopyInstruction | AddInstruction): void {
  const isAdd = instruction.name === "ADD";
  if (isAdd && instruction.checksum) checkChecksum(instruction);
  for (const source of instruction.sources) {
    const isGit = isGitSource(source);
    if (!isGit && !isURL(source)) continue;
    if (!isAdd) throw new BuildError(`source can't be a ${isGit ? "git ref" : "URL"} for COPY`);
    throw new BuildError(
      isGit
        ? `ADD of a git repository is not supported: ${source}: clone it into the build context`
        : `ADD of remote sources is not supported: ${source}: put the file into the build context`,
    );
  }
}

function checkChecksum({ sources }: AddInstruction): void {
  if (sources.length !== 1) throw new BuildError("checksum can't be specified for multiple sources");
  if (!isURL(sources[0]!) && !isGitSource(sources[0]!))
    throw new BuildError("checksum requires HTTP(S) or Git sources");
}

const isURL = (source: string) => /^https?:\/\//.test(source);

/** A URL is a repository's when its path ends in `.git`. */
function isGitSource(source: string): boolean {
  return (
    /^(git|ssh):\/\//.test(source) || /^[\w.-]+@[\w.-]+:/.test(source) || /^https?:\/\/[^?#]+\.git(#|\?|$)/.test(source)
  );
}
