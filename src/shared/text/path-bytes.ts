/**
 * File names are bytes; here they are strings. Bytes that are UTF-8 are their text; any other byte 0xNN is the lone
 * surrogate U+DCNN, which no UTF-8 text has. Decoding and encoding again gives the same bytes, whatever they were.
 */
import { decodeText, encodeUtf8, utf8Length, writeUtf8 } from "./utf8.js";

const ESCAPE_BASE = 0xdc00;
/** With the `u` flag a surrogate that is half of a pair does not match. */
const escaped = /([\udc80-\udcff])/u;
const everyEscaped = /[\udc80-\udcff]/gu;

/** The name, path or link target that `bytes` are. */
export function decodePath(bytes: Uint8Array): string {
  return decodeText(bytes, escapeBytes);
}

/** The bytes of a decoded path. Surrogates that stand for no byte become U+FFFD. */
export function encodePath(path: string): Uint8Array {
  if (!escaped.test(path)) return encodeUtf8(path);
  const bytes = new Uint8Array(pathLength(path));
  let at = 0;
  // Every second part is an escape.
  path.split(escaped).forEach((part, i) => {
    if (i % 2 === 0) at = writeUtf8(part, bytes, at);
    else bytes[at++] = part.charCodeAt(0) - ESCAPE_BASE;
  });
  return bytes;
}

/** Bytes that `path` takes. */
export function pathLength(path: string): number {
  const escapes = path.match(everyEscaped)?.length ?? 0;
  return utf8Length(path) - 2 * escapes;
}

/** For sorting: names by their bytes, as the kernel and other tools see them. */
export function compareNames(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
  // Below the surrogates UTF-16 has the order of UTF-8; NaN, past an end, goes the long way too.
  if (left < 0xd800 && right < 0xd800) return left - right;
  return compareBytes(encodePath(a), encodePath(b));
}

/** For sorting: a parent before what is in it, and that before its next sibling. */
export function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareNames(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function escapeBytes(bytes: Uint8Array): string {
  return String.fromCharCode(...Array.from(bytes, (byte) => ESCAPE_BASE + byte));
}
