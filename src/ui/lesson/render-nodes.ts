/** A lesson's text as templates. There is no way from an author's text into HTML but through Lit's own escaping. */
import { html, nothing, type TemplateResult } from "lit";
import type { CodeAction, LessonNode } from "../../lessons/markdown/nodes.js";

import "./lesson-quiz.js";

export interface Context {
  act(action: CodeAction, code: string): void;
  /** URL that the paths of pictures are taken from. */
  folder: string;
}

type Rendered = TemplateResult | string | typeof nothing;

export function renderNodes(nodes: readonly LessonNode[], context: Context): Rendered[] {
  return nodes.map((node) => renderNode(node, context));
}

function renderNode(node: LessonNode, context: Context): Rendered {
  const children = "children" in node ? renderNodes(node.children, context) : nothing;
  switch (node.type) {
    case "paragraph":
      return html`<p>${children}</p>`;
    case "quote":
      return html`<blockquote>${children}</blockquote>`;
    case "item":
      return html`<li>${children}</li>`;
    case "emphasis":
      return html`<em>${children}</em>`;
    case "strong":
      return html`<strong>${children}</strong>`;
    case "strike":
      return html`<s>${children}</s>`;
    case "table":
      return html`<div class="table" role="table">${children}</div>`;
    case "row":
      return html`<div role="row">${children}</div>`;
    case "header-cell":
      return html`<span role="columnheader">${children}</span>`;
    case "cell":
      return html`<span role="cell">${children}</span>`;
    // The page's own headings are above the text's.
    case "heading":
      return node.level < 3 ? html`<h3>${children}</h3>` : html`<h4>${children}</h4>`;
    case "list":
      return node.ordered ? html`<ol start=${node.start}>${children}</ol>` : html`<ul>${children}</ul>`;
    case "link":
      return html`<a href=${node.href} target="_blank" rel="noopener noreferrer">${children}</a>`;
    case "port":
      return html`<code title="The machine's ports cannot be opened here yet">${children}</code>`;
    case "image":
      return html`<img src=${pictureURL(context.folder, node.path)} alt=${node.alt} />`;
    case "text":
      return node.text;
    case "break":
      return html`<br />`;
    case "rule":
      return html`<hr />`;
    case "code":
      return node.action ? codeButton(node.text, node.action, context) : html`<code>${node.text}</code>`;
    case "code-block":
      return node.action
        ? codeButton(node.text, node.action, context)
        : html`<pre tabindex="0"><code>${node.text}</code></pre>`;
    case "quiz":
      return html`<drydock-quiz .quiz=${node}></drydock-quiz>`;
  }
}

const VERBS: Partial<Record<CodeAction["kind"], string>> = { execute: "Run", copy: "Copy", write: "Copy" };

function codeButton(code: string, action: CodeAction, context: Context): TemplateResult {
  const verb = VERBS[action.kind];
  if (!verb) return html`<pre tabindex="0"><code>${code}</code></pre>`;
  return html`<button class="command" @click=${() => context.act(action, code)}
    ><span class="verb">${verb}</span><code>${code}</code></button>`;
}

function pictureURL(folder: string, path: string): string {
  return folder + path.split("/").map(encodeURIComponent).join("/");
}
