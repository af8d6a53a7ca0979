import { expect, test } from "vitest";
import { mutate } from "../testfiles/mutate.js";
import { randomFrom } from "../testfiles/random.js";
import { answerTo, ResponseCode, readQuestion } from "./message.js";

/** A question with the id 0x1234, as a resolver sends it. */
function question(name: string, type = 1): Uint8Array {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Uint8Array.of(0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1);
}

const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString("hex");

test("a question's name in lower case, and its type", () => {
  expect(readQuestion(question("Web.One"))).toEqual({ name: "web.one", type: 1 });
  expect(readQuestion(question("web", 28))).toEqual({ name: "web", type: 28 });
});

test("an answer has the question, and an address a record", () => {
  const asked = question("web");
  expect(hex(answerTo(asked, ResponseCode.none, [Uint8Array.of(10, 0, 0, 1), Uint8Array.of(10, 0, 0, 2)]))).toBe(
    `123481800001000200000000${hex(asked.subarray(12))}` +
      "c00c00010001000000000004" +
      "0a000001" +
      "c00c00010001000000000004" +
      "0a000002",
  );
  expect(hex(answerTo(asked, ResponseCode.noSuchName, []))).toBe(`123481830001000000000000${hex(asked.subarray(12))}`);
});

test.each<[string, Uint8Array]>([
  ["two questions", question("a").with(5, 2)],
  ["another class", question("a").with(-1, 3)],
  ["a name that points elsewhere", question("a").with(12, 0xc0)],
  ["a cut name", question("abc").subarray(0, 14)],
  ["no question", question("a").with(5, 0)],
])("%s is malformed, and answered so", (_, message) => {
  expect(readQuestion(message)).toBeUndefined();
  expect(hex(answerTo(message, ResponseCode.malformed, []))).toBe("123481810000000000000000");
});

test("what asks nothing has no answer", () => {
  expect(answerTo(question("a").with(2, 0x81), ResponseCode.malformed, [])).toBeUndefined();
  expect(answerTo(new Uint8Array(11), ResponseCode.malformed, [])).toBeUndefined();
});

test("damaged questions are read or refused, never thrown on", () => {
  const random = randomFrom(7);
  for (let i = 0; i < 2000; i++) {
    const message = mutate(question("some.name.of.a.container"), random);
    readQuestion(message);
    answerTo(message, ResponseCode.malformed, []);
  }
});
