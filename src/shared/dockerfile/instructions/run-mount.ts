import { ramInBytes, SizeError } from "../../units/size.js";
import { DockerfileError } from "../source.js";
import { suggestion } from "../suggest.js";

const TYPES = ["bind", "cache", "tmpfs", "secret", "ssh"] as const;
const SHARING = ["shared", "private", "locked"] as const;

/** A mount of one RUN. */
export interface RunMount {
  type: (typeof TYPES)[number];
  /** A stage or image; the build context where there is none. */
  from?: string;
  source?: string;
  target?: string;
  readOnly: boolean;
  /** tmpfs: most bytes. */
  sizeBytes?: number;
  /** cache, secret, ssh. */
  id?: string;
  sharing?: (typeof SHARING)[number];
  required?: boolean;
  /** secret: the variable that gets it. */
  env?: string;
  mode?: number;
  uid?: number;
  gid?: number;
}

type Setter = (mount: RunMount, value: string | undefined, key: string) => void;

/** By the key that --mount is given; other names of the same are in `aliases`. */
const setters: Record<string, Setter> = {
  type: (mount, value) => {
    mount.type = oneOf(TYPES, "mount type", value);
  },
  from: (mount, value) => {
    mount.from = value;
  },
  source: (mount, value) => {
    mount.source = value;
  },
  target: (mount, value) => {
    mount.target = value;
  },
  readonly: (mount, value, key) => {
    mount.readOnly = boolean(key, value);
  },
  readwrite: (mount, value, key) => {
    mount.readOnly = !boolean(key, value);
  },
  required: (mount, value, key) => {
    onlyFor(mount, ["secret", "ssh"], key);
    mount.required = boolean(key, value);
  },
  size: (mount, value, key) => {
    onlyFor(mount, ["tmpfs"], key);
    mount.sizeBytes = size(key, value);
  },
  id: (mount, value) => {
    mount.id = value;
  },
  sharing: (mount, value) => {
    mount.sharing = oneOf(SHARING, "sharing value", value);
  },
  mode: (mount, value, key) => {
    mount.mode = number(key, value, 8);
  },
  uid: (mount, value, key) => {
    mount.uid = number(key, value, 10);
  },
  gid: (mount, value, key) => {
    mount.gid = number(key, value, 10);
  },
  env: (mount, value) => {
    mount.env = value;
  },
};

const aliases: Record<string, string> = {
  src: "source",
  dst: "target",
  destination: "target",
  ro: "readonly",
  rw: "readwrite",
};
/** Keys that may stand alone. */
const switches = ["readonly", "readwrite", "required"];

/** All that is judged before variables have values: where files come from has to be known by then. */
export function checkMountSource(text: string): void {
  for (const field of csvFields(text))
    if (/^from=.*\$./is.test(field))
      throw failure("'from' doesn't support variable expansion, define alias stage instead");
}

/**
 * `type=cache,target=/root/.cache`.
 * @param expand replaces variables in one value. @throws {DockerfileError} `flag`, in BuildKit's words.
 */
export function parseRunMount(text: string, expand = (value: string) => value): RunMount {
  const mount: RunMount = { type: "bind", readOnly: false };
  const given = new Set<string>();
  for (const field of csvFields(text)) {
    const equals = field.indexOf("=");
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    const name = Object.hasOwn(aliases, key) ? aliases[key]! : key;
    if (equals < 0 && !switches.includes(name)) throw failure(`invalid field '${field}' must be a key=value pair`);
    const near = suggestion(key, [...Object.keys(setters), ...Object.keys(aliases)]);
    if (!Object.hasOwn(setters, name)) throw failure(`unexpected key '${key}' in '${field}'${near}`);
    setters[name]!(mount, equals < 0 ? undefined : expand(field.slice(equals + 1)), key);
    given.add(name);
  }
  if (!given.has("readonly") && !given.has("readwrite"))
    mount.readOnly = mount.type !== "cache" && mount.type !== "tmpfs";
  checkMount(mount);
  return mount;
}

function checkMount({ type, from, source, target, id, sharing, ...owner }: RunMount): void {
  if (type === "bind" || type === "tmpfs")
    for (const key of ["mode", "uid", "gid"] as const)
      if (owner[key] !== undefined) throw failure(`${key} not allowed for "${type}" type mounts`);
  if (type === "secret") {
    if (from) throw failure("secret mount should not have a from");
    if (sharing) throw failure("secret mount should not define sharing");
    if (!source && !target && !id) throw failure("invalid secret mount. one of source, target required");
    if (source && id) throw failure("both source and id can't be set");
  }
  if (sharing && type !== "cache") throw failure(`invalid cache sharing set for ${type} mount`);
}

/** Commas part fields, double quotes keep them together (RFC 4180). */
function csvFields(text: string): string[] {
  const fields = [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
  return fields.map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "");
}

function oneOf<T extends string>(known: readonly T[], what: string, value = ""): T {
  const found = known.find((each) => each === value.toLowerCase());
  if (!found) throw failure(`unsupported ${what} ${JSON.stringify(value)}${suggestion(value, known)}`);
  return found;
}

function onlyFor({ type }: RunMount, types: RunMount["type"][], key: string): void {
  if (!types.includes(type)) throw failure(`unexpected key '${key}' for mount type '${type}'`);
}

function boolean(key: string, value = "true"): boolean {
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw failure(`invalid value for ${key}: ${value}`);
}

function size(key: string, value = ""): number {
  try {
    return ramInBytes(value);
  } catch (error) {
    throw error instanceof SizeError ? failure(`invalid value for ${key}: ${value}`) : error;
  }
}

function number(key: string, value = "", radix: 8 | 10): number {
  const isNumber = radix === 8 ? /^[0-7]+$/.test(value) : /^\d+$/.test(value);
  if (!isNumber || Number.parseInt(value, radix) >= 2 ** 32) throw failure(`invalid value ${value} for ${key}`);
  return Number.parseInt(value, radix);
}

function failure(message: string): DockerfileError {
  return new DockerfileError("flag", message);
}
