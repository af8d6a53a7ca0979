/** `--chmod`: octal, or symbolic as chmod(1) has it with a umask of 0. */
import { BuildError } from "./build-error.js";

export interface ModeChange {
  /** Of directories that are made on the way, where an octal mode was given: BuildKit gives them the same. */
  directoryMode?: number;
  /** `isDirectory` and the mode so far are what `X` asks for. */
  apply(mode: number, isDirectory: boolean): number;
}

const SET_UID = 0o4000;
const SET_GID = 0o2000;
const STICKY = 0o1000;
const ALL = 0o7777;
/** Bits that each letter in front of the operator stands for; others have neither set-id nor sticky bit. */
const WHO: Record<string, number> = { u: 0o5700, g: 0o3070, o: 0o007, a: ALL };
const PERMISSIONS: Record<string, number> = { r: 0o444, w: 0o222, x: 0o111, X: 0o111, s: SET_UID | SET_GID, t: STICKY };
/** `g=u`: bits taken from another. */
const COPY = /^[ugo]$/;

/** @throws {BuildError} in BuildKit's words. */
export function parseModeChange(text: string): ModeChange {
  if (/^[0-7]+$/.test(text) && Number.parseInt(text, 8) <= ALL) {
    const mode = Number.parseInt(text, 8);
    return { directoryMode: mode & 0o777, apply: () => mode };
  }
  if (/^\d/.test(text))
    throw new BuildError(`invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777`);
  const clauses = text.split(",").flatMap(parseClause);
  return { apply: (mode, isDirectory) => clauses.reduce((bits, change) => change(bits, mode, isDirectory), mode) };
}

type Change = (bits: number, before: number, isDirectory: boolean) => number;

/** `ug+rw-x`: who, then operators with their permissions. */
function parseClause(clause: string): Change[] {
  const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
  if (!match) throw new BuildError("invalid syntax");
  const who = [...match[1]!].reduce((bits, letter) => bits | WHO[letter]!, 0) || ALL;
  return [...match[2]!.matchAll(/([-+=])([a-zA-Z]*)/g)].map(([, operator, letters]) => (bits, before, isDirectory) => {
    const given = who & permissions(letters!, bits, before, isDirectory);
    if (operator === "+") return bits | given;
    if (operator === "-") return bits & ~given;
    const named = COPY.test(letters!) ? 0o777 : 0o6777 | (letters!.includes("t") ? STICKY : 0);
    return (bits & ~(who & named)) | given;
  });
}

function permissions(letters: string, bits: number, before: number, isDirectory: boolean): number {
  if (COPY.test(letters)) {
    const copied = (bits >> { u: 6, g: 3, o: 0 }[letters as "u" | "g" | "o"]) & 0o7;
    return copied * 0o111;
  }
  const isExecutable = isDirectory || (before & 0o111) !== 0;
  return [...letters].reduce((sum, letter) => sum | (letter === "X" && !isExecutable ? 0 : PERMISSIONS[letter]!), 0);
}
