/** Archives are put together here by hand, so that what the writer gets wrong is not taken for right. */
import { SparseBytes } from "../files/sparse-bytes.js";
import { check } from "../testfiles/fuzz-seeds.js";
import { join, mutate } from "../testfiles/mutate.js";
import { type Random, randomFrom } from "../testfiles/random.js";
import { encodeUtf8 } from "../text/utf8.js";
import { TarError } from "./entry.js";
import { readTar } from "./read-tar.js";

const BLOCK_BYTES = 512;
const FLAGS = [..."0012345670"];
const NAMES = ["a", "etc/passwd", "./x", "/abs", "d/.wh.gone", "ä/日本", "n".repeat(100), "a/../b"];
const LIMITS = [{}, { entries: 3 }, { totalBytes: 1000 }, { pathBytes: 20 }, { headerBytes: 100 }];

/** Whole archives are read to their end, cut ones as far as they are whole, damaged ones until a TarError says why not. */
export function fuzzOne(seed: number): void {
  const random = randomFrom(seed);
  const members = Array.from({ length: 1 + random.below(10) }, () => randomMember(random));
  const tar = join(...members.map(({ bytes }) => bytes), new Uint8Array(random.below(3) * BLOCK_BYTES));
  const contents = members.map((member) => member.contents);
  const whole = readAll(tar);
  check(!whole.error, `an archive that is whole is refused: ${whole.error?.message}`);
  check(whole.contents.length === members.length, "a member is missing");
  checkContents(whole.contents, contents);
  checkContents(readAll(tar.subarray(0, random.below(tar.length))).contents, contents);

  const damaged = random.once(8) ? random.bytes(random.below(3000)) : mutate(tar, random);
  readAll(random.once(2) ? withChecksums(damaged) : damaged, random.of(LIMITS));
}

interface Read {
  contents: Uint8Array[];
  error?: TarError;
}

function readAll(tar: Uint8Array, limits: Parameters<typeof readTar>[1] = {}): Read {
  const contents: Uint8Array[] = [];
  let total = 0;
  try {
    for (const entry of readTar(tar, limits)) {
      check(entry.path.length > 0, "an empty path");
      check((entry.mode & ~0o7777) === 0, `mode ${entry.mode}`);
      check(entry.uid >= 0 && entry.gid >= 0, `owner ${entry.uid}:${entry.gid}`);
      const { contents: data = new Uint8Array(0) } = entry;
      contents.push(data instanceof SparseBytes ? data.data : data);
      total += BLOCK_BYTES + contents.at(-1)!.length;
      check(total <= tar.length, "members hold more than the archive");
    }
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    return { contents, error };
  }
  return { contents };
}

function checkContents(found: Uint8Array[], expected: Uint8Array[]): void {
  for (const [i, bytes] of found.entries()) {
    const same = bytes.length === expected[i]!.length && bytes.every((byte, at) => byte === expected[i]![at]);
    check(same, `member ${i} of ${expected[i]!.length} bytes comes out as another, of ${bytes.length}`);
  }
}

interface Member {
  bytes: Uint8Array;
  contents: Uint8Array;
}

function randomMember(random: Random): Member {
  const flag = random.of(FLAGS);
  const name = flag === "5" && random.once(2) ? "d/" : random.of(NAMES);
  const isFile = flag === "0" || flag === "7";
  const contents = random.bytes(isFile ? random.below(random.of([1, 600, 3000])) : 0);
  const header = block(random, name, flag, contents.length);
  return { bytes: join(...randomExtensions(random), header, padded(contents)), contents };
}

function randomExtensions(random: Random): Uint8Array[] {
  if (random.once(3)) return [extension(random, random.of(["L", "K"]), encodeUtf8(`${"long/".repeat(30)}name\0`))];
  if (random.once(2)) return [];
  const records = [
    record("path", encodeUtf8(`pax/${random.of(NAMES)}`)),
    record("mtime", encodeUtf8(random.of(["0", "1700000000.123456789", "-5.5"]))),
    record("uid", encodeUtf8(String(random.below(2 ** 32)))),
    record("SCHILY.xattr.user.x", random.bytes(random.below(30))),
    record("comment", random.bytes(random.below(200))),
  ].filter(() => random.once(2));
  return [extension(random, random.once(6) ? "g" : "x", join(...records))];
}

function extension(random: Random, flag: string, data: Uint8Array): Uint8Array {
  return join(block(random, "extension", flag, data.length), padded(data));
}

/** `30 key=value\n`, where the number counts itself. */
function record(key: string, value: Uint8Array): Uint8Array {
  const rest = join(encodeUtf8(` ${key}=`), value, encodeUtf8("\n"));
  const digits = [1, 2, 3, 4].find((count) => String(count + rest.length).length === count)!;
  return join(encodeUtf8(String(digits + rest.length)), rest);
}

function block(random: Random, name: string, flag: string, size: number): Uint8Array {
  const header = new Uint8Array(BLOCK_BYTES);
  const put = (at: number, text: string) => header.set(encodeUtf8(text).subarray(0, 100), at);
  const number = (at: number, digits: number, value: number) => put(at, value.toString(8).padStart(digits, "0"));
  put(0, name);
  number(100, 7, random.below(0o10000));
  for (const at of [108, 116]) {
    if (random.once(5)) header.set([0x80, 0, 0, 0, ...random.bytes(4)], at);
    else number(at, 7, random.below(0o7777777));
  }
  number(124, 11, size);
  number(136, 11, random.below(2 ** 31));
  put(156, flag);
  if (flag === "1" || flag === "2") put(157, random.of(NAMES));
  put(257, random.of(["ustar\x0000", "ustar  \0", "\0\0\0\0\0\0\0\0"]));
  for (const at of [329, 337]) number(at, 7, random.below(300));
  if (random.once(4)) put(345, "prefix");
  return withChecksum(header);
}

function withChecksum(header: Uint8Array): Uint8Array {
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(encodeUtf8(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return header;
}

/** Damage gets past the checksums. Blocks of contents are spoilt by this, which is damage as well. */
function withChecksums(tar: Uint8Array): Uint8Array {
  for (let at = 0; at + BLOCK_BYTES <= tar.length; at += BLOCK_BYTES) {
    const header = tar.subarray(at, at + BLOCK_BYTES);
    if (header.some((byte) => byte !== 0)) withChecksum(header);
  }
  return tar;
}

function padded(contents: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(contents.length / BLOCK_BYTES) * BLOCK_BYTES);
  whole.set(contents);
  return whole;
}
