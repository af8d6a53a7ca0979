/**
 * Variables of a build: what ARG declares, `--build-arg` gives and ENV sets. Within a stage the later of ARG and ENV
 * wins, as BuildKit has it; the image's configuration has what ENV set, whatever ARG says after it. A stage built on
 * another begins with that one's variables, the image's environment on top. Source: dockerfile2llb.
 */
import type { ArgInstruction } from "./instructions/arg.js";
import { expandWord } from "./shell-lexer.js";
import { type EscapeCharacter, located } from "./source.js";

export type BuildArgs = Readonly<Record<string, string | null>>;

/** May be given without an ARG; they are seen by RUN, and are left out of history and cache. */
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];
const PREDEFINED = new Set([...PROXIES, ...PROXIES.map((name) => name.toLowerCase())]);

/** `NAME` or `NAME=value`, as history has them, and the value. */
interface Declared {
  key: string;
  value: string | undefined;
}

export class GlobalArgs {
  readonly #given: BuildArgs;
  readonly #escapeToken: EscapeCharacter;
  readonly #values = new Map<string, string>();
  readonly #declared = new Set<string>();

  /** @param predefined such as TARGETPLATFORM; a build may give them another value. */
  constructor(given: BuildArgs, predefined: Readonly<Record<string, string>>, escapeToken: EscapeCharacter) {
    this.#given = given;
    this.#escapeToken = escapeToken;
    for (const [name, value] of Object.entries(predefined)) this.#values.set(name, this.given(name) ?? value);
  }

  /** An ARG before the first FROM. @throws {DockerfileError} `expansion`. */
  declare(instruction: ArgInstruction): void {
    this.declareWith(instruction, this.lookup, ({ key, value }) => {
      this.#declared.add(key);
      if (value !== undefined) this.#values.set(key, value);
    });
  }

  /**
   * Each ARG in turn, so that one sees those before it. A default that is not wanted is not read.
   * @param onUnset is told of variables that a default names in vain.
   */
  declareWith(
    { args, range }: ArgInstruction,
    lookup: Lookup,
    set: (declared: Declared) => void,
    onUnset?: (names: string[]) => void,
  ): void {
    const expand = (text: string) => {
      const expansion = located(range, () => expandWord(text, { lookup, escapeToken: this.#escapeToken }));
      onUnset?.(expansion.unset);
      return expansion.text;
    };
    for (const { key, value } of args)
      set({ key, value: this.given(key) ?? (value === undefined ? undefined : expand(value)) });
  }

  /** All that are declared or predefined, with a value or without. */
  names(): Iterable<string> {
    return new Set([...this.#declared, ...this.#values.keys()]);
  }

  readonly lookup: Lookup = (name) => this.#values.get(name);

  given(name: string): string | undefined {
    return Object.hasOwn(this.#given, name) ? (this.#given[name] ?? undefined) : undefined;
  }

  /** `NAME=value` of the proxies given. */
  proxies(): string[] {
    return Object.keys(this.#given)
      .filter((name) => PREDEFINED.has(name) && this.given(name) !== undefined)
      .map((name) => `${name}=${this.given(name)}`);
  }

  /** Given names that nothing declared and that mean nothing to the builder, for BuildKit's warning. */
  unused(declared: ReadonlySet<string>): string[] {
    const isKnown = (name: string) => declared.has(name) || PREDEFINED.has(name) || name.startsWith("BUILDKIT_");
    return Object.keys(this.#given).filter((name) => !isKnown(name));
  }
}

type Lookup = (name: string) => string | undefined;

/** What a stage knows as it begins, by name. */
export function predefinedArgs(targetStage: string): Record<string, string> {
  const platform = (side: string) => ({
    [`${side}PLATFORM`]: "linux/386",
    [`${side}OS`]: "linux",
    [`${side}ARCH`]: "386",
    [`${side}VARIANT`]: "",
  });
  return { ...platform("BUILD"), ...platform("TARGET"), TARGETSTAGE: targetStage };
}

/** Variables of one stage. */
export class StageVariables {
  readonly #globals: GlobalArgs;
  /** Declared, in order. */
  readonly #args = new Map<string, string | undefined>();
  /** ARG that have a value and ENV, the last that was set at the end. */
  readonly #env = new Map<string, string>();

  /** @param base the stage that this one is built on. */
  constructor(globals: GlobalArgs, env: readonly string[], base?: StageVariables) {
    this.#globals = globals;
    for (const [name, value] of base ? base.#args : []) this.#args.set(name, value);
    for (const [name, value] of base ? base.#env : []) this.#env.set(name, value);
    for (const entry of env) {
      const equals = entry.indexOf("=");
      if (equals > 0) this.setEnv(entry.slice(0, equals), entry.slice(equals + 1));
    }
  }

  readonly lookup: Lookup = (name) => this.#env.get(name);

  setEnv(name: string, value: string): void {
    this.#env.delete(name);
    this.#env.set(name, value);
  }

  /** ARG of the stage. @returns what it comes to, `NAME` or `NAME=value`. @throws {DockerfileError} `expansion`. */
  declare(instruction: ArgInstruction, onUnset?: (names: string[]) => void): string[] {
    const texts: string[] = [];
    const set = ({ key, value = this.#globals.lookup(key) }: Declared) => {
      this.#args.set(key, value);
      if (value !== undefined) this.setEnv(key, value);
      texts.push(value === undefined ? key : `${key}=${value}`);
    };
    this.#globals.declareWith(instruction, this.lookup, set, onUnset);
    return texts;
  }

  /** Of ARG, with a value or without. */
  declared(): Iterable<string> {
    return this.#args.keys();
  }

  /** All that have a value. */
  names(): Iterable<string> {
    return this.#env.keys();
  }

  /** `NAME=value` of the arguments in force, with what ENV has made of them. */
  args(): string[] {
    return [...this.#args].map(([name, value]) => `${name}=${this.#env.get(name) ?? value ?? ""}`);
  }

  /** Environment of a RUN. */
  environment(): string[] {
    return [...this.#globals.proxies(), ...this.keyEnvironment()];
  }

  /** What of it decides the result. */
  keyEnvironment(): string[] {
    return [...this.#env].map(([name, value]) => `${name}=${value}`);
  }
}
