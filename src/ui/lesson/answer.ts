import type { Quiz } from "../../lessons/markdown/nodes.js";

/** Whether these answers, and no other, are right: the places of the choices, or the one text that was typed. */
export function isRight(quiz: Quiz, answers: readonly string[]): boolean {
  if ("choices" in quiz) return quiz.choices.every(({ right }, index) => right === answers.includes(String(index)));
  const typed = (answers[0] ?? "").trim();
  return quiz.kind === "exact" ? typed === quiz.answer : typed.includes(quiz.answer);
}
