import { expect, test } from "vitest";
import { tokensOf } from "./plain-text.js";

test.each([
  ["FROM busybox", "", "keyword:FROM|text: busybox"],
  ["  # a RUN", "", "comment:  # a RUN"],
  ['CMD ["/hello"]', "# before", 'keyword:CMD|text: [|string:"/hello"|text:]'],
  ['  b "c"', "RUN a \\", 'text:  b |string:"c"'],
  ["", "", ""],
])("tokens of %j after %j", (line, before, tokens) => {
  expect(
    tokensOf(line, before)
      .map(({ kind, text }) => `${kind}:${text}`)
      .join("|"),
  ).toBe(tokens);
});
