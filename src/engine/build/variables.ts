/**
 * Build arguments and environment of a build: what ARG declares, `--build-arg` gives and ENV sets. Within a stage ENV
 * wins over ARG. Source: Dockerfile reference, "Using ARG variables".
 */
import type { ArgInstruction } from "../../shared/dockerfile/instructions/arg.js";

export type BuildArgs = Readonly<Record<string, string | null>>;

/** May be given without an ARG; they are seen by RUN, and are left out of history and cache. */
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];
const PREDEFINED = new Set([...PROXIES, ...PROXIES.map((name) => name.toLowerCase())]);

const PLATFORM: Readonly<Record<string, string>> = {
  BUILDPLATFORM: "linux/386",
  BUILDOS: "linux",
  BUILDARCH: "386",
  BUILDVARIANT: "",
  TARGETPLATFORM: "linux/386",
  TARGETOS: "linux",
  TARGETARCH: "386",
  TARGETVARIANT: "",
};

export class GlobalArgs {
  readonly #given: BuildArgs;
  readonly #values = new Map<string, string>(Object.entries(PLATFORM));

  constructor(given: BuildArgs, target: string) {
    this.#given = given;
    this.#values.set("TARGETSTAGE", target);
  }

  /** An ARG before the first FROM, expanded. */
  declare({ args }: ArgInstruction): void {
    for (const { key, value } of args) {
      const set = this.given(key) ?? value;
      if (set !== undefined) this.#values.set(key, set);
    }
  }

  readonly lookup = (name: string): string | undefined => this.#values.get(name);

  given(name: string): string | undefined {
    return Object.hasOwn(this.#given, name) ? (this.#given[name] ?? undefined) : undefined;
  }

  /** `NAME=value` of the proxies given. */
  proxies(): string[] {
    return Object.keys(this.#given)
      .filter((name) => PREDEFINED.has(name) && this.given(name) !== undefined)
      .map((name) => `${name}=${this.given(name)}`);
  }

  /** Given names that nothing declared, for BuildKit's warning. */
  unused(declared: ReadonlySet<string>): string[] {
    return Object.keys(this.#given).filter((name) => !declared.has(name) && !PREDEFINED.has(name));
  }
}

/** Variables of one stage. */
export class StageVariables {
  readonly #globals: GlobalArgs;
  readonly #args = new Map<string, string | undefined>();
  readonly #env = new Map<string, string>();

  constructor(globals: GlobalArgs, env: readonly string[]) {
    this.#globals = globals;
    for (const entry of env) {
      const equals = entry.indexOf("=");
      if (equals > 0) this.#env.set(entry.slice(0, equals), entry.slice(equals + 1));
    }
  }

  readonly lookup = (name: string): string | undefined => this.#env.get(name) ?? this.#args.get(name);

  setEnv(name: string, value: string): void {
    this.#env.set(name, value);
  }

  /** ARG of the stage, expanded. @returns what it comes to, `NAME` or `NAME=value`. */
  declare({ args }: ArgInstruction): string[] {
    return args.map(({ key, value }) => {
      const set = this.#globals.given(key) ?? value ?? this.#globals.lookup(key);
      this.#args.set(key, set);
      return value === undefined && set === undefined ? key : `${key}=${set}`;
    });
  }

  declared(): Iterable<string> {
    return this.#args.keys();
  }

  /** `NAME=value` of the arguments in force: an ENV of the same name hides one. */
  args(): string[] {
    return [...this.#args].map(([name, value]) => `${name}=${this.#env.get(name) ?? value ?? ""}`);
  }

  /** Environment of a RUN: arguments that have a value, then ENV. */
  environment(): string[] {
    return [...this.#globals.proxies(), ...this.keyEnvironment()];
  }

  /** What of it decides the result. */
  keyEnvironment(): string[] {
    const args = [...this.#args].flatMap(([name, value]) =>
      value === undefined || this.#env.has(name) ? [] : [`${name}=${value}`],
    );
    return [...args, ...[...this.#env].map(([name, value]) => `${name}=${value}`)];
  }
}
