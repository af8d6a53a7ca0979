/**
 * Messages between the guest's `docker` program (vm-images/native/docker-stub.c) and the agent, on a unix socket of
 * SOCK_SEQPACKET, so that each is sent and received whole. Numbers are little-endian.
 *
 *     open    u8 1, u8 version, u16 0, u32 arguments, u32 variables, u32 variables left out,
 *             then NUL-ended: the arguments (argv[0] too), the directory, the variables;
 *             with the program's descriptors 0, 1, 2 as SCM_RIGHTS; the program's first message
 *     signal  u8 2, u8 signal            the program got SIGHUP, SIGINT, SIGQUIT or SIGTERM
 *     resize  u8 3, u8 0, u16 columns, u16 rows
 *     exit    u8 4, u8 status            the agent's only message: the program ends with this status
 *
 * The end of the connection without `exit` means that the program was killed, or that the agent went away.
 */
import { ProtocolError } from "./peer.js";

export const STUB_SOCKET_PATH = "/run/drydock/agent.sock";
export const STUB_VERSION = 1;
/** Most bytes of one message: arguments beyond it are refused by the program, variables left out and counted. */
export const MAX_STUB_MESSAGE_BYTES = 131072;

const Kind = { open: 1, signal: 2, resize: 3, exit: 4 } as const;
const OPEN_HEADER_BYTES = 16;

export interface StubOpen {
  kind: "open";
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  variablesLeftOut: number;
}

export type StubMessage =
  | StubOpen
  | { kind: "signal"; signal: number }
  | { kind: "resize"; columns: number; rows: number };

/**
 * A message of the program. `decodePath` gives the text of its strings, which may be any bytes.
 * @throws {ProtocolError} when it is malformed or of another version.
 */
export function parseStubMessage(bytes: Uint8Array, decodePath: (bytes: Uint8Array) => string): StubMessage {
  switch (bytes[0]) {
    case Kind.open:
      return parseOpen(bytes, decodePath);
    case Kind.signal:
      wantLength(bytes, 2);
      return { kind: "signal", signal: bytes[1]! };
    case Kind.resize: {
      wantLength(bytes, 6);
      const view = viewOf(bytes);
      return { kind: "resize", columns: view.getUint16(2, true), rows: view.getUint16(4, true) };
    }
    default:
      throw new ProtocolError(`message of unknown kind ${bytes[0]} from the docker program`);
  }
}

/** What ends the program; `exitCode` 0 to 255. */
export function encodeStubExit(exitCode: number): Uint8Array {
  return Uint8Array.of(Kind.exit, exitCode & 0xff);
}

function parseOpen(bytes: Uint8Array, decodePath: (bytes: Uint8Array) => string): StubOpen {
  if (bytes.length < OPEN_HEADER_BYTES) throw new ProtocolError(`opening message of ${bytes.length} bytes`);
  if (bytes[1] !== STUB_VERSION)
    throw new ProtocolError(`the docker program speaks version ${bytes[1]}, the agent ${STUB_VERSION}`);
  const view = viewOf(bytes);
  const [argc, envc] = [view.getUint32(4, true), view.getUint32(8, true)];
  const strings = decodePath(bytes.subarray(OPEN_HEADER_BYTES)).split("\0");
  if (strings.pop() !== "" || strings.length !== argc + 1 + envc)
    throw new ProtocolError(`opening message of ${argc} arguments and ${envc} variables has ${strings.length} strings`);
  return {
    kind: "open",
    argv: strings.slice(0, argc),
    cwd: strings[argc]!,
    env: Object.fromEntries(strings.slice(argc + 1).map(asVariable)),
    variablesLeftOut: view.getUint32(12, true),
  };
}

function asVariable(text: string): [name: string, value: string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

function wantLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new ProtocolError(`message of ${bytes.length} bytes, not ${length}`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
