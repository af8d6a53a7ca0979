import { expect, test } from "vitest";
import { expandWord, processWords } from "./shell-lexer.js";

const variables: Record<string, string> = {
  a: "one",
  empty: "",
  path: "/usr/lib/x.tar.gz",
  sp: " two  words ",
  ü: "u",
};
const lookup = (name: string) => variables[name];

/** `input → output`; an output that begins with `!` is part of an error. */
test.each([
  "plain → plain",
  "$a-${a} → one-one",
  "$none. → .",
  "$ü → u",
  "$1x$@ → x",
  "\\$a → $a",
  "'$a' → $a",
  "\"$a 'q'\" → one 'q'",
  '"\\"\\$a\\n" → "$a\\n',
  "a\\ b → a b",
  "${none:-d$a} → done",
  "${empty:-d} → d",
  "${empty-d} → ",
  "${a:+alt} → alt",
  "${empty:+alt} → ",
  "${empty+alt} → alt",
  "${a:?no} → one",
  "${none:?} → !none: is not allowed to be unset",
  "${empty:?} → !empty: is not allowed to be empty",
  "${empty:?sorry $a} → !empty: sorry one",
  "${path#*/} → usr/lib/x.tar.gz",
  "${path##*/} → x.tar.gz",
  "${path%.*} → /usr/lib/x.tar",
  "${path%%.*} → /usr/lib/x",
  "${path#nothing} → /usr/lib/x.tar.gz",
  "${path/l?b/L} → /usr/L/x.tar.gz",
  "${path//./-} → /usr/lib/x-tar-gz",
  "${path/\\//|} → |usr/lib/x.tar.gz",
  "${none-${a-${b}}} → one",
  "${} → !syntax error: bad substitution",
  "${a → !unsupported modifier",
  "${a:- → !syntax error: missing '}'",
  "${a:=b} → !unsupported modifier (:=) in substitution",
  "${a@Q} → !unsupported modifier (@) in substitution",
  "${a/x → !syntax error: missing '/' in ${}",
  "${a#\\x} → !invalid pattern",
  "'open → !unexpected end of statement while looking for matching single-quote",
  '"open → !unexpected end of statement while looking for matching double-quote',
])("%s", (line) => {
  const [input, output] = line.split(" → ") as [string, string];
  if (!output.startsWith("!")) expect(expandWord(input, { lookup }).text).toBe(output);
  else expect(() => expandWord(input, { lookup })).toThrow(output.slice(1));
});

test.each<[string, string[]]>([
  ["a  b", ["a", "b"]],
  ["x$sp y", ["x", "two", "words", "y"]],
  ['x"$sp"y', ["x two  words y"]],
  ["a\\ b c", ["a b", "c"]],
  ["$none", []],
  ["cat << EOF", ["cat", "<< EOF"]],
])("%s splits into %j", (text, words) => expect(processWords(text, { lookup })).toEqual(words));

test("variables that are not set are named, or left alone", () => {
  expect(expandWord("$x $a ${y:-z}", { lookup })).toEqual({ text: " one z", set: ["a"], unset: ["x", "y"] });
  expect(expandWord("$x $a ${y:-z} ${v#p} ${w/a/b}", { lookup, keepUnset: true }).text).toBe(
    "$x one ${y:-z} ${v#p} ${w/a/b}",
  );
});

test("the other escape character, and quotes that mean nothing", () => {
  expect(expandWord("`$a C:\\x", { lookup, escapeToken: "`" }).text).toBe("$a C:\\x");
  expect(expandWord('it\'s "$a"', { lookup, ignoreQuotes: true }).text).toBe('it\'s "one"');
});
