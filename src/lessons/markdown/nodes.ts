/**
 * A step's text as a tree that can do no harm: a view makes its own elements of these nodes, and there is none for what
 * an author may not do. Addresses are checked: a `link` goes to http or https, an `image` is a file of the folder.
 */

/** What happens when the learner presses a piece of code. */
export type CodeAction =
  | {
      kind: "execute";
      /** The terminal that it is run in; 1 is the first. */
      terminal: number;
      /** What runs there is stopped first. */
      interrupt: boolean;
    }
  | { kind: "copy" }
  /** The file so named is opened in the editor. */
  | { kind: "open" }
  /** The code is put into a file: instead of what is there, at its end, or in place of `marker`. */
  | { kind: "write"; file: string; how: "replace" | "append" | "insert"; marker?: string };

/** Elements with children and without attributes. */
export type PlainElement =
  | "paragraph"
  | "quote"
  | "item"
  | "emphasis"
  | "strong"
  | "strike"
  | "table"
  | "row"
  | "header-cell"
  | "cell";

export type Quiz = { type: "quiz"; question: string } & (
  | { kind: "one" | "many"; choices: { text: string; right: boolean }[] }
  | { kind: "exact" | "contains"; answer: string }
);

export type LessonNode =
  | { type: PlainElement; children: LessonNode[] }
  | { type: "heading"; level: 1 | 2 | 3 | 4 | 5 | 6; children: LessonNode[] }
  | { type: "list"; ordered: boolean; start: number; children: LessonNode[] }
  | { type: "link"; href: string; children: LessonNode[] }
  /** A port of the machine, which `{{TRAFFIC_HOST1_80}}` stands for. */
  | { type: "port"; port: number; path: string; children: LessonNode[] }
  | { type: "image"; path: string; alt: string }
  | { type: "text"; text: string }
  | { type: "break" }
  | { type: "rule" }
  | { type: "code"; text: string; action?: CodeAction }
  | { type: "code-block"; text: string; language: string; action?: CodeAction; line: number }
  | Quiz;

/** Calls `visit` for every node, parents first. */
export function walk(nodes: readonly LessonNode[], visit: (node: LessonNode) => void): void {
  for (const node of nodes) {
    visit(node);
    if ("children" in node) walk(node.children, visit);
  }
}

/** The text that a reader sees of `nodes`. */
export function plainText(nodes: readonly LessonNode[]): string {
  let text = "";
  walk(nodes, (node) => {
    if ("text" in node) text += node.text;
  });
  return text;
}

export interface Command {
  text: string;
  line?: number;
}

/** What the text has the learner run, in order. */
export function commandsOf(nodes: readonly LessonNode[]): Command[] {
  const commands: Command[] = [];
  walk(nodes, (node) => {
    if ((node.type === "code" || node.type === "code-block") && node.action?.kind === "execute")
      commands.push({ text: node.text, line: "line" in node ? node.line : undefined });
  });
  return commands;
}
