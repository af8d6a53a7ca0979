/** Values of flags that are more than text, read and checked in Docker's words. */
import { ramInBytes, SizeError } from "../shared/units/size.js";
import { FlagError } from "./errors.js";
import { parseDuration } from "./timestamps.js";

/** @throws {FlagError} in the words of Go's ParseInt, which Docker shows. */
export function parseInteger(text: string): number {
  return parseWhole(text, "ParseInt", /^[+-]?(\d+|0x[0-9a-f]+)$/i);
}

/** At most `most`. @throws {FlagError} in the words of Go's ParseUint. */
export function parseUnsigned(text: string, most = Number.MAX_SAFE_INTEGER): number {
  return parseWhole(text, "ParseUint", /^(\d+|0x[0-9a-f]+)$/i, most);
}

function parseWhole(text: string, parser: string, form: RegExp, most = Number.MAX_SAFE_INTEGER): number {
  const value = form.test(text) ? Number(text.replace(/^\+/, "")) : Number.NaN;
  if (Number.isSafeInteger(value) && value <= most) return value;
  const reason = Number.isNaN(value) ? "invalid syntax" : "value out of range";
  throw new FlagError(`strconv.${parser}: parsing ${JSON.stringify(text)}: ${reason}`);
}

/** Bytes, with a unit letter: `64m`. */
export function parseBytes(text: string): number {
  try {
    return ramInBytes(text);
  } catch (error) {
    throw error instanceof SizeError ? new FlagError(error.message) : error;
  }
}

/** `-1` has no limit. */
export function parseSwap(text: string): number {
  return text === "-1" ? -1 : parseBytes(text);
}

/** Billionths of a CPU. */
export function parseCpus(text: string): number {
  const [, whole = "", fraction = ""] = /^\+?(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole + fraction === "") throw new FlagError(`failed to parse ${text} as a rational number`);
  if (fraction.replace(/0+$/, "").length > 9) throw new FlagError("value is too precise");
  return Number(whole || "0") * 1e9 + Number(fraction.slice(0, 9).padEnd(9, "0"));
}

export interface Ulimit {
  Name: string;
  Soft: number;
  Hard: number;
}

/** `nofile=1024:2048`. */
export function parseUlimit(text: string): Ulimit {
  const [name = "", limits, more] = text.split("=");
  if (!limits || more !== undefined) throw new FlagError(`invalid ulimit argument: ${text}`);
  if (!ULIMITS.has(name)) throw new FlagError(`invalid ulimit type: ${name}`);
  const [soft = "", hard = soft, extra] = limits.split(":");
  if (extra !== undefined)
    throw new FlagError(`too many limit value arguments - ${limits}, can only have up to two, \`soft[:hard]\``);
  const [Soft, Hard] = [soft, hard].map((value) => {
    if (!/^-?\d+$/.test(value))
      throw new FlagError(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
    return Number(value);
  }) as [number, number];
  if (Hard !== -1 && (Soft === -1 || Soft > Hard))
    throw new FlagError(`ulimit soft limit must be less than or equal to hard limit: ${Soft} > ${Hard}`);
  return { Name: name, Soft, Hard };
}

const ULIMITS = new Set(
  "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(" "),
);

export function checkEnvironment(value: string): void {
  if (value.startsWith("=") || value === "") throw new FlagError(`invalid environment variable: ${value}`);
}

export function checkLabel(value: string): void {
  if (value.startsWith("=") || value === "") throw new FlagError(`invalid label '${value}': empty name`);
}

export function checkAttach(value: string): void {
  if (!/^(stdin|stdout|stderr)$/i.test(value)) throw new FlagError("valid streams are STDIN, STDOUT and STDERR");
}

export function checkFilter(value: string): void {
  if (!value.includes("=")) throw new FlagError("bad format of filter (expected name=value)");
}

export function checkDuration(value: string): void {
  if (parseDuration(value) === undefined) throw new FlagError(`time: invalid duration ${JSON.stringify(value)}`);
}

/** `name:address` or `name=address` of `--add-host`, as the API has it. @throws {FlagError} */
export function hostEntry(text: string): string {
  const [, name = "", address = ""] = /^([^:=]*)[:=](.*)$/.exec(text) ?? [];
  const bare = address.replace(/^\[(.*)\]$/, "$1");
  if (name === "") throw new FlagError(`bad format for add-host: ${JSON.stringify(text)}`);
  if (bare !== "host-gateway" && !isAddress(bare))
    throw new FlagError(`invalid IP address in add-host: ${JSON.stringify(address)}`);
  return `${name}:${bare}`;
}

export function checkAddress(value: string): void {
  if (!isAddress(value.trim())) throw new FlagError(`IP address is not correctly formatted: ${value}`);
}

function isAddress(text: string): boolean {
  const isByte = (part: string) => /^\d{1,3}$/.test(part) && Number(part) < 256;
  const bytes = text.split(".");
  return (bytes.length === 4 && bytes.every(isByte)) || /^(?=.*:)[0-9a-f:.]+$/i.test(text);
}

const SYSCTLS = /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|(net|fs\.mqueue)\..+)=/;

/** Only what a container has to itself. */
export function checkSysctl(value: string): void {
  if (!SYSCTLS.test(value)) throw new FlagError(`sysctl '${value}' is not allowed`);
}
