/** Checks of FROM lines: the variables in them and their platforms. */
import { InvalidReference, parseReference } from "../../reference/reference.js";
import { checkPlatform } from "../from-platform.js";
import type { Dockerfile, Stage } from "../parse-dockerfile.js";
import { type Expansion, expandWord, type LexerOptions } from "../shell-lexer.js";
import { DockerfileError } from "../source.js";
import { nearest } from "../suggest.js";
import { GlobalArgs, predefinedArgs } from "../variables.js";
import type { Findings } from "./findings.js";

/** Names that are an image's, or nothing's, when no argument is given. */
export function lintDefaultArgs(dockerfile: Dockerfile, target: string, findings: Findings): void {
  const { stages, globalArgs, escapeToken } = dockerfile;
  const args = new GlobalArgs({}, predefinedArgs(target), escapeToken);
  try {
    for (const arg of globalArgs) args.declare(arg);
    for (const { from } of stages) {
      const { text } = expandWord(from.image, { lookup: args.lookup, escapeToken });
      if (isImageName(text)) continue;
      const message = `Default value for ARG ${from.image} results in empty or invalid base image name`;
      findings.report("InvalidDefaultArgInFrom", from.range, message);
    }
  } catch (error) {
    // The build will say so.
    if (!(error instanceof DockerfileError)) throw error;
  }
}

/** @throws {DockerfileError} for what cannot be read. */
export function lintFromVariables(stage: Stage, args: GlobalArgs, options: LexerOptions, findings: Findings): void {
  const { from } = stage;
  const own = findings.under(from.comments);
  reportUndeclared(expandWord(from.image, options), from, args, own);
  if (!from.platform) return;
  const platform = expandWord(from.platform, options);
  reportUndeclared(platform, from, args, own);
  lintPlatform(stage, platform, args, own);
  checkPlatform(from, platform, args.names());
}

function reportUndeclared({ unset }: Expansion, { range }: Stage["from"], args: GlobalArgs, findings: Findings): void {
  const known = [...args.names()];
  for (const name of unset) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
    findings.report("UndefinedArgInFrom", range, `FROM argument '${name}' is not declared${hint}`);
  }
}

function lintPlatform(stage: Stage, { text, unset, set }: Expansion, args: GlobalArgs, findings: Findings): void {
  const { range, platform } = stage.from;
  const isTarget = set.length === 1 && set[0] === "TARGETPLATFORM" && unset.length === 0;
  if (isTarget && text === args.lookup("TARGETPLATFORM"))
    findings.report(
      "RedundantTargetPlatform",
      range,
      `Setting platform to predefined ${platform} in FROM is redundant as this is the default behavior`,
    );
  if (set.length + unset.length > 0 || isNamedInStage(stage, text)) return;
  const message = `FROM --platform flag should not use constant value ${JSON.stringify(text)}`;
  findings.report("FromPlatformFlagConstDisallowed", range, message);
}

/** A stage that is called by the platform is meant for it. */
function isNamedInStage({ name = "" }: Stage, platform: string): boolean {
  const [system = "", architecture] = platform.split("/");
  return [system, architecture].some((part) => part && name.includes(part));
}

function isImageName(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidReference) return false;
    throw error;
  }
}
