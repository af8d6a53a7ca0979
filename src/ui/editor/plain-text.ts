/** A file as it can be read before the editor is there, line for line where the editor will show it. */
import { html } from "lit";
import { languageOf } from "./file-contents.js";

/** What is beyond waits for the editor: laying it all out would take long. */
const LINES_SHOWN = 300;

export interface Token {
  kind: "keyword" | "comment" | "string" | "text";
  text: string;
}

export function plainText(path: string, text: string) {
  const lines = text.split(/\r?\n/).slice(0, LINES_SHOWN);
  const isDockerfile = languageOf(path) === "dockerfile";
  return html`<div class="plain-text" tabindex="0" role="group" aria-label="${path}, to be edited once the machine runs">
    ${lines.map((line, index) => {
      const tokens = isDockerfile ? tokensOf(line, lines[index - 1]) : [{ kind: "text", text: line }];
      return html`<div>${tokens.map(({ kind, text }) => html`<span class=${kind}>${text}</span>`)}</div>`;
    })}
  </div>`;
}

/** A comment line, or the word that begins an instruction, and strings. */
const DOCKERFILE = /^(?<comment>\s*#.*)|^(?<keyword>\s*[A-Za-z]+)(?=\s)|(?<string>"[^"]*")/g;

/** One line of a Dockerfile; where the one before ends in a backslash, it begins no instruction. */
export function tokensOf(line: string, before = ""): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  const upTo = (index: number) => {
    if (index > end) tokens.push({ kind: "text", text: line.slice(end, index) });
  };
  for (const { 0: text, index, groups } of line.matchAll(DOCKERFILE)) {
    if (groups?.keyword && before.endsWith("\\")) continue;
    upTo(index);
    tokens.push({ kind: groups?.comment ? "comment" : groups?.keyword ? "keyword" : "string", text });
    end = index + text.length;
  }
  upTo(line.length);
  return tokens;
}
