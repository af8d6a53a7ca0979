/**
 * Requests as no kernel would send them. They are put together here by hand, byte by byte, so that they can be wrong in
 * every way.
 */
import { check } from "../../shared/testfiles/fuzz-seeds.js";
import { join, mutate } from "../../shared/testfiles/mutate.js";
import { type Random, randomFrom } from "../../shared/testfiles/random.js";
import { encodeUtf8 } from "../../shared/text/utf8.js";
import { createPageFiles } from "../page-files.js";
import { directory, file, symlink, whiteout } from "../testfiles/trees.js";
import { Message, NOFID, NOTAG, Rlerror } from "./messages.js";
import { MAX_MESSAGE_BYTES, type NinePServer } from "./server.js";

const REQUESTS = 120;
/** As many as keep some of them free. */
const FIDS = 24;
const HEADER_BYTES = 7;

/** Each request gets one reply of the right form, and the server has the fids that the replies say it has. */
export function fuzzOne(seed: number): void {
  const random = randomFrom(seed);
  const files = createPageFiles([
    { type: "file", path: "a", bytes: encodeUtf8("contents") },
    { type: "file", path: "d/deep", bytes: random.bytes(5000) },
    { type: "symlink", path: "l", target: "a" },
  ]);
  files.layers.publish("one", {
    root: directory({ a: file("x"), d: directory({ deep: file("y"), gone: whiteout() }), l: symlink("a") }),
  });
  files.exchange.put("a", random.bytes(100));
  const guest = new FuzzingGuest(files.server);
  guest.send(message(Message.Tversion, NOTAG, u32(random.of([4096, 8192, 512_000])), text("9P2000.L")));
  guest.send(message(Message.Tattach, 1, u32(0), u32(NOFID), text(""), text(""), u32(0)));
  for (let i = 0; i < REQUESTS; i++) {
    const request = randomRequest(random, guest.fids);
    guest.send(random.once(8) ? mutate(request, random) : request);
  }
  guest.clunkAll();
  check(files.server.fids === 0, `${files.server.fids} fids are left`);
  // What the guest did to the tree must not have tied it in a knot.
  files.workspace.list();
  files.workspace.dispose();
}

class FuzzingGuest {
  readonly #fids = new Set<number>();
  #messageBytes = MAX_MESSAGE_BYTES;

  constructor(readonly server: NinePServer) {}

  send(request: Uint8Array): void {
    const replies: Uint8Array[] = [];
    this.server.handle(request, (reply) => replies.push(reply.slice()));
    const what = `message ${request[4]} of ${request.length} bytes`;
    check(replies.length === 1, `${replies.length} replies to ${what}`);
    this.#checkReply(request, replies[0]!, what);
    this.#follow(request, replies[0]!);
    check(this.server.fids === this.#fids.size, `${this.server.fids} fids, not ${this.#fids.size}, after ${what}`);
  }

  get fids(): number[] {
    return [...this.#fids];
  }

  clunkAll(): void {
    for (const fid of this.fids) this.send(message(Message.Tclunk, 1, u32(fid)));
  }

  #checkReply(request: Uint8Array, reply: Uint8Array, what: string): void {
    const view = viewOf(reply);
    check(reply.length >= HEADER_BYTES && view.getUint32(0, true) === reply.length, `length of the reply to ${what}`);
    check(reply.length <= this.#messageBytes, `${reply.length} bytes in reply to ${what}`);
    const tag = request.length < HEADER_BYTES ? NOTAG : viewOf(request).getUint16(5, true);
    check(view.getUint16(5, true) === tag, `tag of the reply to ${what}`);
    const type = reply[4]!;
    if (type !== Rlerror) check(type === request[4]! + 1, `reply ${type} to ${what}`);
    else check(reply.length === HEADER_BYTES + 4 && view.getUint32(HEADER_BYTES, true) > 0, `refusal of ${what}`);
  }

  /** Which fids there are now, by what was asked and answered. */
  #follow(request: Uint8Array, reply: Uint8Array): void {
    const type = request[4];
    const view = viewOf(request);
    const fid = request.length >= HEADER_BYTES + 4 ? view.getUint32(HEADER_BYTES, true) : NOFID;
    // These give the fid back whether they succeed or not.
    const isWhole = request.length >= HEADER_BYTES && view.getUint32(0, true) <= request.length;
    if ((type === Message.Tclunk || type === Message.Tremove) && isWhole && view.getUint32(0, true) >= HEADER_BYTES + 4)
      this.#fids.delete(fid);
    if (reply[4] === Rlerror) return;
    if (type === Message.Tversion) {
      this.#fids.clear();
      this.#messageBytes = viewOf(reply).getUint32(HEADER_BYTES, true);
    } else if (type === Message.Tattach) this.#fids.add(fid);
    else if (type === Message.Txattrwalk) this.#fids.add(view.getUint32(11, true));
    else if (type === Message.Twalk && viewOf(reply).getUint16(7, true) === view.getUint16(15, true))
      this.#fids.add(view.getUint32(11, true));
  }
}

const TYPES = Object.values(Message).filter((type) => type !== Message.Tversion && type !== Message.Tlerror);

/** Fields by the messages of the protocol: f fid, e new fid, 1 2 4 8 numbers, n name, N names, b bytes, o offset, F flags. */
const FIELDS: Record<number, string> = {
  [Message.Tstatfs]: "f",
  [Message.Tlopen]: "fF",
  [Message.Tlcreate]: "fnF44",
  [Message.Tsymlink]: "fnn4",
  [Message.Tmknod]: "fn4444",
  [Message.Trename]: "ffn",
  [Message.Treadlink]: "f",
  [Message.Tgetattr]: "f8",
  [Message.Tsetattr]: "fF444ooooo",
  [Message.Txattrwalk]: "fen",
  [Message.Txattrcreate]: "fn84",
  [Message.Treaddir]: "fo4",
  [Message.Tfsync]: "f4",
  [Message.Tlock]: "f14oo4n",
  [Message.Tgetlock]: "f1oo4n",
  [Message.Tlink]: "ffn",
  [Message.Tmkdir]: "fn44",
  [Message.Trenameat]: "fnfn",
  [Message.Tunlinkat]: "fnF",
  [Message.Tauth]: "fnn4",
  [Message.Tattach]: "efnn4",
  [Message.Tflush]: "2",
  [Message.Twalk]: "feN",
  [Message.Tread]: "fo4",
  [Message.Twrite]: "fob",
  [Message.Tclunk]: "f",
  [Message.Tremove]: "f",
};

const NAMES = ["a", "d", "l", "deep", "gone", "work", "layers", "one", "exchange", "user.x", "trusted.overlay.opaque"];
const PATHS = ["work", "work", "work/a", "work/d", "work/d/deep", "work/l", "layers/one/d/deep", "exchange", ""];
const STRANGE_NAMES = ["", ".", "..", "a/b", "a\0b", "\ud800", "n".repeat(300), "日本"];
const SMALL = [0, 1, 2, 7, 100, 0o644, 0o100644, 0o040755, 0o020600, 511, 512, 4096];
const NUMBERS = [...SMALL, 65535, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
/** None so large that what it asks for could be had, at the cost of the memory. */
const OFFSETS = [0, 1, 8, 4096, 5000, 65536, 1 << 20, 2 ** 31 + 1, 2 ** 40, 2 ** 53 - 1, 2 ** 53, 2 ** 64 - 2 ** 11];
const FLAGS = [0, 1, 2, 0x200, 0o200, 0o1000, 0o1002, 8, 0x1ff];

function randomRequest(random: Random, fids: number[]): Uint8Array {
  if (random.once(60)) return message(Message.Tversion, NOTAG, u32(random.of([0, 4096, 2 ** 31])), text("9P2000.L"));
  if (fids.length === 0) return message(Message.Tattach, 1, u32(0), u32(NOFID), text(""), text(""), u32(0));
  // Fids first, so that there is something to work with.
  const type = random.once(4) ? Message.Twalk : random.once(6) ? Message.Tlopen : random.of(TYPES);
  const fields = [...FIELDS[type]!].map((field) => randomField(field, random, fids));
  return message(random.once(60) ? random.below(256) : type, random.of([1, 2, NOTAG]), ...fields);
}

function randomField(field: string, random: Random, fids: number[]): Uint8Array {
  switch (field) {
    case "f":
      return u32(random.once(20) ? random.of([...NUMBERS, FIDS]) : random.of(fids));
    case "e":
      return u32(random.below(FIDS));
    case "n":
      return randomName(random);
    case "N":
      return randomPath(random);
    case "b": {
      const bytes = random.bytes(random.below(random.of([2, 100, 6000])));
      return join(u32(bytes.length), bytes);
    }
    case "o":
      return u64(random.of(random.once(3) ? OFFSETS : OFFSETS.slice(0, 6)));
    case "F":
      return u32(random.of(FLAGS));
    case "1":
      return random.bytes(1);
    case "2":
      return u16(random.below(3));
    case "8":
      return u64(random.of(random.once(3) ? NUMBERS : SMALL));
    default:
      return u32(random.of(NUMBERS));
  }
}

function randomName(random: Random): Uint8Array {
  return text(random.of(random.once(8) ? STRANGE_NAMES : NAMES), random);
}

function randomPath(random: Random): Uint8Array {
  const names = random.once(2)
    ? random
        .of(PATHS)
        .split("/")
        .filter(Boolean)
        .map((name) => text(name))
    : Array.from({ length: random.once(30) ? 17 : random.below(3) }, () => randomName(random));
  return join(u16(names.length), ...names);
}

function message(type: number, tag: number, ...fields: Uint8Array[]): Uint8Array {
  const body = join(...fields);
  return join(u32(HEADER_BYTES + body.length), Uint8Array.of(type), u16(tag), body);
}

/** At times not UTF-8. */
function text(value: string, random?: Random): Uint8Array {
  const bytes = encodeUtf8(value);
  if (random?.once(40) && bytes.length > 0) bytes[random.below(bytes.length)] = 0xff;
  return join(u16(bytes.length), bytes);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function u64(value: number): Uint8Array {
  return join(u32(value % 2 ** 32), u32(Math.floor(value / 2 ** 32)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
