/** `--call`: what to ask of the Dockerfile instead of building it. */
import { CommandFailure } from "../errors.js";

export interface CallFunction {
  name: "check" | "outline" | "targets";
  isJSON: boolean;
  /** What is found does not change the exit status. */
  ignoresStatus: boolean;
}

const NAMES: Record<string, CallFunction["name"]> = {
  check: "check",
  lint: "check",
  outline: "outline",
  targets: "targets",
};

/** `check,format=json`; undefined for a build. @throws {CommandFailure} in buildx's words. */
export function parseCallFunction(text: string): CallFunction | undefined {
  let name: string | undefined;
  const call = { isJSON: false, ignoresStatus: false };
  for (const field of text.split(",")) {
    const equals = field.indexOf("=");
    const [key, value] = equals < 0 ? [field, ""] : [field.slice(0, equals), field.slice(equals + 1)];
    if (equals < 0 && name !== undefined) throw new CommandFailure(`invalid print value: ${text}`);
    if (equals < 0) name = field;
    else if (key === "format") call.isJSON = value === "json";
    else if (key === "ignorestatus") call.ignoresStatus = /^(1|t|true)$/i.test(value);
    else throw new CommandFailure(`invalid print field: ${field}`);
  }
  if (name === undefined || name === "build" || name === "") return undefined;
  if (!Object.hasOwn(NAMES, name))
    throw new CommandFailure(
      `unsupported call method ${JSON.stringify(name)}: there are build, check, outline and targets`,
    );
  return { name: NAMES[name]!, ...call };
}
