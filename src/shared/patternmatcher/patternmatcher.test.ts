import { expect, test } from "vitest";
import { goMatch, PatternError } from "./go-match.js";
import { parseIgnoreFile } from "./ignore-file.js";
import { PatternMatcher } from "./matcher.js";
import { cleanPath } from "./pattern.js";

/** `patterns | ignored paths | kept paths`, each separated by spaces. */
test.each([
  "*                | a .a a/b            | .",
  "**               | a a/b a/b/c         | .",
  "a                | a a/b a/b/c         | ab b/a",
  "*.go             | a.go .go            | a.gox b/a.go",
  "**/*.go          | a.go b/a.go b/c/a.go| a.gox",
  "**/a             | a b/a b/c/a b/a/x   | ba b/ca",
  "**a              | a ba b/ca           | ab",
  "a/**             | a/b a/b/c           | a ab",
  "a/**/b           | a/b a/x/b a/x/y/b/z | ab a/xb",
  "a/*/b            | a/x/b a/x/b/c       | a/b a/x/y/b",
  "a?c              | abc a.c             | ac a/c abbc",
  "[a-c]x           | ax cx               | dx",
  "[^a]x            | bx                  | ax",
  "a[\\-]b          | a-b                 | ab",
  "a\\*b            | a*b                 | axb",
  "a.b              | a.b                 | axb",
  "a+(b)|{c}$       | a+(b)|{c}$          | aa",
  "dir/             | dir dir/x           | dirx",
  "./a/../b         | b                   | a",
  "docs !docs/a     | docs docs/b         | docs/a docs/a/x",
  "* !a/b           | a b a/c             | a/b",
  "a !a/b a/b/c     | a a/b/c a/b/c/d     | a/b a/b/d",
  "!a a             | a                   | b",
  "**/x/** !**/x/k  | a/x/b x/b           | a/x/k",
])("%s", (line) => {
  const [patterns, ignored, kept] = line.split(" | ").length === 3 ? split(line) : split(line.replace("|{", "\0{"));
  const matcher = new PatternMatcher(patterns!.map(restore));
  expect(ignored!.map(restore).filter((path) => !matcher.matches(path))).toEqual([]);
  expect(kept!.map(restore).filter((path) => matcher.matches(path))).toEqual([]);
});

function split(line: string): string[][] {
  return line.split(/\s*\|\s/).map((part) => part.trim().split(/\s+/));
}
function restore(text: string): string {
  return text.replace("\0", "|");
}

test.each(["[", "a[b", "[]a]", "[-a]", "[a-]", "[a-", "a\\", "[^]", "[\\"])("%s is a syntax error", (pattern) => {
  expect(() => new PatternMatcher([pattern])).toThrow(new PatternError("syntax error in pattern"));
  expect(() => goMatch(pattern)).toThrow(new PatternError("syntax error in pattern"));
});

test.each(["[Local-Only]/", "a[z-a]"])("%s is one where it becomes a regular expression only", (pattern) => {
  expect(() => new PatternMatcher([pattern])).toThrow(new PatternError("syntax error in pattern"));
  expect(goMatch(pattern)("aL")).toBe(false);
});

/** `pattern | matches | does not`, as path.Match has them. */
test.each([
  "my-*.txt   | my-.txt my-a.txt   | my-a/b.txt mya.txt",
  "a[^b]      | ac                 | ab a",
  "a[\\-x]b   | a-b axb            | a\\b",
  "[]a]x      |                    |",
  "[^z-a]     | a                  |",
  "\\*a       | *a                 | ba",
  "a.b+{1}    | a.b+{1}            | axb+{1}",
  "?          | \u{1f600}          | ab",
])("Go's: %s", (line) => {
  const [pattern, yes, no] = line.split("|").map((part) => part.trim());
  if (yes === "" && no === "") return expect(() => goMatch(pattern!)).toThrow(PatternError);
  const matches = goMatch(pattern!);
  expect(yes!.split(" ").filter((path) => !matches(path))).toEqual([]);
  expect(no!.split(" ").filter((path) => path !== "" && matches(path))).toEqual([]);
});

test("a lone exclamation mark", () => {
  expect(() => new PatternMatcher(["!"])).toThrow('illegal exclusion pattern: "!"');
});

test("exceptions are known", () => {
  expect(new PatternMatcher(["a", " ", ""]).hasExceptions).toBe(false);
  expect(new PatternMatcher(["a", "!b"]).hasExceptions).toBe(true);
});

test("reads an ignore file", () => {
  const text = "\ufeff# comment\n  spaced  \n\n/rooted\n! /back/../in\r\na//b/\n !x\n/\n!\n #no comment\n";
  expect(parseIgnoreFile(text)).toEqual(["spaced", "rooted", "!in", "a/b", "!x", "/", "!", "#no comment"]);
});

test.each([
  ["", "."],
  ["/", "/"],
  ["a/./b//c/", "a/b/c"],
  ["../a", "../a"],
  ["a/../../b", "../b"],
  ["/../a", "/a"],
])("cleanPath(%j) is %s", (path, cleaned) => expect(cleanPath(path)).toBe(cleaned));
