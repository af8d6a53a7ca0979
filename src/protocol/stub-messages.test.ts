import { expect, test } from "vitest";
import { decodePath } from "../shared/text/path-bytes.js";
import { ProtocolError, type TextCodec } from "./peer.js";
import { encodeStubExit, parseStubMessage } from "./stub-messages.js";

const text: TextCodec = {
  encode: (value) => new TextEncoder().encode(value),
  decode: (bytes) => new TextDecoder().decode(bytes),
};

function opening(counts: [argc: number, envc: number, leftOut: number], strings: string, version = 1): Uint8Array {
  const body = text.encode(strings);
  const bytes = new Uint8Array(16 + body.length);
  bytes.set([1, version]);
  counts.forEach((count, i) => {
    new DataView(bytes.buffer).setUint32(4 + 4 * i, count, true);
  });
  bytes.set(body, 16);
  return bytes;
}

test("opening", () => {
  const bytes = opening([3, 2, 1], "docker\0run\0\0/root\0A=b=c\0EMPTY=\0");
  expect(parseStubMessage(bytes, decodePath)).toEqual({
    kind: "open",
    argv: ["docker", "run", ""],
    cwd: "/root",
    env: { A: "b=c", EMPTY: "" },
    variablesLeftOut: 1,
  });
});

test("opening inside a larger buffer", () => {
  const bytes = opening([1, 0, 0], "docker\0/\0");
  const larger = new Uint8Array(bytes.length + 7);
  larger.set(bytes, 7);
  expect(parseStubMessage(larger.subarray(7), decodePath)).toMatchObject({ argv: ["docker"], cwd: "/", env: {} });
});

test("signal and resize", () => {
  expect(parseStubMessage(Uint8Array.of(2, 15), decodePath)).toEqual({ kind: "signal", signal: 15 });
  expect(parseStubMessage(Uint8Array.of(3, 0, 0x2c, 1, 40, 0), decodePath)).toEqual({
    kind: "resize",
    columns: 300,
    rows: 40,
  });
});

test.each([
  ["empty", new Uint8Array()],
  ["unknown kind", Uint8Array.of(9, 0)],
  ["short signal", Uint8Array.of(2)],
  ["long resize", Uint8Array.of(3, 0, 0, 0, 0, 0, 0)],
  ["short opening", Uint8Array.of(1, 1, 0, 0)],
  ["fewer strings than counted", opening([2, 0, 0], "docker\0/\0")],
  ["more strings than counted", opening([1, 0, 0], "docker\0/\0A=b\0")],
  ["last string not ended", opening([1, 0, 0], "docker\0/")],
])("refused: %s", (_name, bytes) => {
  expect(() => parseStubMessage(bytes, decodePath)).toThrow(ProtocolError);
});

test("another version is refused, naming both", () => {
  expect(() => parseStubMessage(opening([1, 0, 0], "docker\0/\0", 2), decodePath)).toThrow(
    "the docker program speaks version 2, the agent 1",
  );
});

test("exit", () => {
  expect([...encodeStubExit(137)]).toEqual([4, 137]);
});
