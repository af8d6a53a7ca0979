import { expect, test } from "vitest";
import { isRight } from "./answer.js";

const many = {
  type: "quiz",
  question: "?",
  kind: "many",
  choices: [true, false, true].map((right) => ({ text: "", right })),
} as const;

test.each([
  [["0", "2"], true],
  [["0"], false],
  [["0", "1", "2"], false],
  [[], false],
])("of three choices, the first and last are right: %j is %s", (answers, right) => {
  expect(isRight({ ...many, choices: [...many.choices] }, answers)).toBe(right);
});

test.each([
  ["exact", " Monday ", true],
  ["exact", "Monday!", false],
  ["contains", "on Monday!", true],
  ["contains", "Tuesday", false],
] as const)("%s: %j is %s", (kind, typed, right) => {
  expect(isRight({ type: "quiz", question: "?", kind, answer: "Monday" }, [typed])).toBe(right);
});
