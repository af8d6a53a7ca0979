/** UTF-8 for environments without TextEncoder, and for short texts where a call is all the cost. */

/** Unpaired surrogates become U+FFFD, as TextEncoder has it. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/** Bytes that `text` takes. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (isPair(text, i)) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}

/** Writes `text` at `offset`, which must have the room. @returns the offset after it. */
export function writeUtf8(text: string, bytes: Uint8Array, offset: number): number {
  let at = offset;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes[at++] = unit;
    else if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6);
      bytes[at++] = 0x80 | (unit & 0x3f);
    } else if (isPair(text, i)) {
      at = writeFour(text.codePointAt(i)!, bytes, at);
      i++;
    } else {
      const point = isSurrogate(unit) ? 0xfffd : unit;
      bytes[at++] = 0xe0 | (point >> 12);
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
    }
  }
  return at;
}

/** Malformed sequences become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decodeText(bytes, () => "\ufffd");
}

/** `malformed` gives the text for the longest beginning of a sequence that is cut, or for a byte that begins none. */
export function decodeText(bytes: Uint8Array, malformed: (bytes: Uint8Array) => string): string {
  let text = "";
  for (let start = 0; start < bytes.length; ) {
    let end = start;
    while (end < bytes.length && end - start < 4096 && bytes[end]! < 0x80) end++;
    if (end > start) text += String.fromCharCode(...bytes.subarray(start, end));
    if (end < bytes.length && bytes[end]! >= 0x80) {
      const { point, length } = decodeSequence(bytes, end);
      text += point === undefined ? malformed(bytes.subarray(end, end + length)) : String.fromCodePoint(point);
      end += length;
    }
    start = end;
  }
  return text;
}

function decodeSequence(bytes: Uint8Array, at: number): { point?: number; length: number } {
  const lead = bytes[at]!;
  const size = lead >= 0xf5 ? 0 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  let point = size === 4 ? lead & 0x07 : size === 3 ? lead & 0x0f : lead & 0x1f;
  let length = 1;
  while (length < size && isContinuation(bytes[at + length], lead, length)) {
    point = (point << 6) | (bytes[at + length]! & 0x3f);
    length++;
  }
  return length === size ? { point, length } : { length };
}

/** The second byte's range shuts out overlong forms, surrogates and points beyond U+10FFFF (Unicode, table 3-7). */
function isContinuation(byte: number | undefined, lead: number, position: number): boolean {
  if (byte === undefined) return false;
  const low = position > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = position > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}

function writeFour(point: number, bytes: Uint8Array, at: number): number {
  bytes[at] = 0xf0 | (point >> 18);
  bytes[at + 1] = 0x80 | ((point >> 12) & 0x3f);
  bytes[at + 2] = 0x80 | ((point >> 6) & 0x3f);
  bytes[at + 3] = 0x80 | (point & 0x3f);
  return at + 4;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function isPair(text: string, i: number): boolean {
  const next = text.charCodeAt(i + 1);
  return text.charCodeAt(i) >= 0xd800 && text.charCodeAt(i) <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
}
