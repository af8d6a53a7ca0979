import { expect, test } from "vitest";
import { flagTable, hiddenFlags } from "./flag-table.js";
import { parseFlags } from "./flags.js";
import { flagLines } from "./help.js";
import { wrapText } from "./wrap-text.js";

test("a line is a flag: shorthand, name, type and help; a line without one goes on with the help above", () => {
  const flags = flagTable(`
      -q, --quiet           Only IDs
          --mode string     One of
                            'a':  the first
                               indented
          --bare
  `);
  expect(flags).toEqual([
    { long: "quiet", short: "q", help: "Only IDs" },
    { long: "mode", type: "string", help: "One of\n'a':  the first\n   indented" },
    { long: "bare", help: "" },
  ]);
  expect(hiddenFlags("--net network")).toMatchObject([{ long: "net", type: "network", many: true, hidden: true }]);
});

test.each([
  ["--n 3 --n 4", ["4"]],
  ["--l a,b --l c", ["a,b", "c"]],
  ["--s a,b --s c", ["a", "b", "c"]],
])("a type says how values are read: %s", (words, expected) => {
  const flags = flagTable("--n int\n--l list\n--s strings");
  const { values } = parseFlags(words.split(" "), flags);
  expect(values.list(words[2]!)).toEqual(expected);
});

test("flags are shown in the order of their names, in columns", () => {
  const flags = flagTable("--zeta   Last\n-b, --beta list   Two words");
  expect(flagLines(flags, 79)).toBe("  -b, --beta list   Two words\n      --zeta        Last");
});

test.each([
  ["one two three", 60, "one two three"],
  ["aaaa bbbb cccc dddd eeee ffff g", 30, "aaaa bbbb cccc dddd eeee\nffff g"],
  ["aaaa bbbb cccc dddd eeee ffff", 30, "aaaa bbbb cccc dddd eeee ffff"],
  ["its own\nline ends and more words", 40, "its own\nline ends and more words"],
  ["its own\nline ends and many more such words", 30, "its own\nline ends and many more\nsuch words"],
  ["a-word-that-is-longer-than-all-of-the-line next", 30, "a-word-that-is-longer-than-all-of-the-line next"],
])("%j in %i columns", (text, columns, wrapped) => expect(wrapText(text, 0, columns)).toBe(wrapped));

test("where there is little room beside the flag, the help goes below it", () => {
  expect(wrapText("a few words that need two lines, or so", 50, 60)).toBe(
    `\n${" ".repeat(16)}a few words that need two lines, or so`,
  );
  expect(wrapText("two\nlines", 50, 30)).toBe(`two\n${" ".repeat(16)}lines`);
});
