import { expect, test } from "vitest";
import { describeFile, languageOf } from "./file-contents.js";

const encode = (text: string) => new TextEncoder().encode(text);

test("text is shown, with what it begins with", () => {
  expect(describeFile(encode("\ufeffFROM é\r\n"))).toEqual({ kind: "text", text: "\ufeffFROM é\r\n" });
  expect(describeFile(new Uint8Array())).toEqual({ kind: "text", text: "" });
});

test("binaries are named, not shown", () => {
  const elf = Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0]);
  expect(describeFile(elf)).toEqual({ kind: "binary", bytes: 20, what: "ELF 32-bit executable, Intel 80386" });
  expect(describeFile(Uint8Array.from([0x1f, 0x8b, 8, 0]))).toMatchObject({ what: "gzip archive" });
  expect(describeFile(Uint8Array.from([0xc3, 0x28]))).toEqual({ kind: "binary", bytes: 2, what: "Binary file" });
});

test("a large text is no file to edit here", () => {
  expect(describeFile(encode("x".repeat(1_000_001)))).toEqual({ kind: "large", bytes: 1_000_001 });
});

test.each([
  ["Dockerfile", "dockerfile"],
  ["src/app.Dockerfile", "dockerfile"],
  ["Dockerfile.dev", "dockerfile"],
  ["run.sh", "shell"],
  ["a.json", "yaml"],
  ["hello.c", "cpp"],
  ["LICENSE", "plaintext"],
])("%s is read as %s", (path, language) => expect(languageOf(path)).toBe(language));
