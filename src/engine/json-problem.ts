import * as v from "valibot";

/** What is wrong with a JSON document: `rootfs.diff_ids: expected Array, received 5`. */
export function problemOf(issue: v.BaseIssue<unknown>): string {
  const { type, message, input } = issue;
  // What is checked by a function has its name as the message.
  const expected = type === "custom" ? message : issue.expected;
  const where = v.getDotPath(issue as v.BaseIssue<unknown> & v.IssueDotPath<v.GenericSchema>);
  if (where && input === undefined) return `${where} is missing`;
  return `${where ? `${where}: ` : ""}expected ${expected ?? "another value"}, received ${shown(input)}`;
}

/** A value as JSON, long ones cut. */
export function shown(input: unknown): string {
  const text = JSON.stringify(input) ?? String(input);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
