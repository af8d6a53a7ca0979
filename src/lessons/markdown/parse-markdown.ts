/** A step's Markdown, with what Katacoda and Killercoda added to it, as a tree of safe nodes. */
import MarkdownIt, { type Token } from "markdown-it";
import { type Folder, folderOf, joinPath, quoted } from "../folder.js";
import type { Place } from "../lesson.js";
import { actionOf, type FenceActions, takeFenceActions } from "./actions.js";
import { fileBlock, pictureOf, textOfHTML } from "./html.js";
import type { CodeAction, LessonNode, PlainElement, Quiz } from "./nodes.js";
import { markPorts, portOf, splitPorts } from "./ports.js";
import { quizRule } from "./quiz.js";

type Parent = LessonNode & { children: LessonNode[] };

/** markdown-it's elements that are ours too. */
const PLAIN: Record<string, PlainElement> = {
  paragraph_open: "paragraph",
  blockquote_open: "quote",
  list_item_open: "item",
  em_open: "emphasis",
  strong_open: "strong",
  s_open: "strike",
  table_open: "table",
  tr_open: "row",
  th_open: "header-cell",
  td_open: "cell",
};

/** HTML is read as such, so that its tags can be left out: none is ever shown. */
const markdown = new MarkdownIt({ html: true, linkify: false, maxNesting: 40 });
// What an address leads to is looked at when its node is made, where a refusal can be told.
markdown.validateLink = () => true;
markdown.block.ruler.before("blockquote", "quiz", quizRule);

/** @param file the Markdown's own path, which relative addresses are taken from and warnings name. */
export function parseMarkdown(text: string, file: string, folder: Folder): LessonNode[] {
  const { lines, fences } = takeFenceActions(text.split("\n"));
  return new TreeMaker(file, folder, fences).make(markdown.parse(markPorts(lines.join("\n")), {}));
}

class TreeMaker {
  readonly #root: LessonNode[] = [];
  readonly #parents: Parent[] = [];
  #line = 1;

  constructor(
    readonly file: string,
    readonly folder: Folder,
    readonly fences: FenceActions,
  ) {}

  make(tokens: readonly Token[]): LessonNode[] {
    for (const token of tokens) this.#take(token);
    return this.#root;
  }

  get #place(): Place {
    return { file: this.file, line: this.#line };
  }

  get #siblings(): LessonNode[] {
    return this.#parents.at(-1)?.children ?? this.#root;
  }

  #take(token: Token): void {
    if (token.map) this.#line = token.map[0] + 1;
    if (token.nesting === 1) this.#open(token);
    else if (token.nesting === -1) this.#close(token);
    else this.#leaf(token);
  }

  /** `thead_open` and `tbody_open` have no node: their rows are the table's. */
  #open(token: Token): void {
    const node = this.#parent(token);
    if (!node) return;
    this.#siblings.push(node);
    this.#parents.push(node);
  }

  #close({ type }: Token): void {
    if (type === "thead_close" || type === "tbody_close") return;
    const node = this.#parents.pop();
    if (node?.type === "paragraph") this.#endParagraph(node);
  }

  /** A paragraph that says only what to do with the code above it goes; so does an empty one. */
  #endParagraph(node: Parent): void {
    const [only, ...more] = node.children;
    const above = this.#siblings.at(-2);
    const action = only?.type === "text" && more.length === 0 ? actionOf(only.text) : undefined;
    if (action && action.rest.trim() === "" && above?.type === "code-block" && !above.action) {
      above.action = action.action;
      this.#siblings.pop();
    } else if (!only) this.#siblings.pop();
  }

  #parent(token: Token): Parent | undefined {
    const plain = PLAIN[token.type];
    if (plain) return { type: plain, children: [] };
    switch (token.type) {
      case "heading_open":
        return { type: "heading", level: Number(token.tag.slice(1)) as 1, children: [] };
      case "bullet_list_open":
        return { type: "list", ordered: false, start: 1, children: [] };
      case "ordered_list_open":
        return { type: "list", ordered: true, start: Number(token.attrGet("start") ?? 1), children: [] };
      case "link_open":
        return this.#link(String(token.attrGet("href") ?? ""));
      default:
        return undefined;
    }
  }

  /** An address that leads nowhere safe leaves its text. */
  #link(href: string): Parent {
    const port = portOf(href);
    if (port) return { type: "port", ...port, children: [] };
    if (/^https?:\/\//i.test(href)) return { type: "link", href, children: [] };
    if (!href.startsWith("#")) this.folder.warn(this.#place, `the link to ${quoted(decoded(href))} is left out`);
    return { type: "emphasis", children: [] };
  }

  #leaf(token: Token): void {
    switch (token.type) {
      case "inline":
        for (const child of token.children ?? []) this.#take(child);
        break;
      case "text":
        this.#text(token.content);
        break;
      case "softbreak":
        this.#line++;
        this.#siblings.push({ type: "text", text: "\n" });
        break;
      case "hardbreak":
        this.#line++;
        this.#siblings.push({ type: "break" });
        break;
      case "hr":
        this.#siblings.push({ type: "rule" });
        break;
      case "code_inline":
        this.#siblings.push({ type: "code", text: unmarked(token.content) });
        break;
      case "fence":
      case "code_block":
        this.#codeBlock(token);
        break;
      case "image":
        this.#image(String(token.attrGet("src") ?? ""), token.content);
        break;
      case "html_inline":
      case "html_block":
        this.#html(token.content, token.type === "html_block");
        break;
      case "quiz":
        this.#siblings.push(token.meta as unknown as Quiz);
        break;
    }
  }

  #text(text: string): void {
    const before = this.#siblings.at(-1);
    const action = actionOf(text);
    let rest = text;
    if (action && before?.type === "code" && !before.action) {
      before.action = action.action;
      rest = action.rest;
    }
    for (const [unknown] of rest.matchAll(/\{\{[^{}]*\}\}/g))
      if (!actionOf(unknown)) this.folder.warn(this.#place, `${quoted(unknown)} is not known, and shown as it is`);
    if (rest !== "") this.#siblings.push(...splitPorts(rest));
  }

  #codeBlock({ content, info, map }: Token): void {
    const text = unmarked(content.replace(/\n$/, ""));
    const [language = ""] = info.trim().split(/[\s{]/);
    const action = actionOf(info.slice(info.indexOf("{")))?.action ?? this.#fenceAction(map);
    this.#siblings.push({ type: "code-block", text, language, line: this.#line, ...(action && { action }) });
  }

  /** Behind the closing fence; some authors write it behind the opening one. */
  #fenceAction(map: [number, number] | null): CodeAction | undefined {
    return map ? (this.fences.get(map[1] - 1) ?? this.fences.get(map[0])) : undefined;
  }

  #image(source: string, alt: string): void {
    if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(source)) {
      this.folder.warn(this.#place, `the picture ${quoted(source)} is not in the folder, and not shown`);
      if (alt !== "") this.#siblings.push({ type: "text", text: alt });
      return;
    }
    const found = this.folder.find(this.#place, this.#pictureOf(decoded(source)));
    this.#siblings.push(found ? { type: "image", path: found.path, alt } : { type: "text", text: alt });
  }

  /** Katacoda serves a scenario's `assets/` below its own root, by author and name. */
  #pictureOf(source: string): string {
    if (source.startsWith("/")) return source.replace(/^\/.*\/assets\//, "assets/");
    return joinPath(folderOf(this.file), source) ?? source;
  }

  /** Only its words are kept. */
  #html(html: string, block: boolean): void {
    const file = block ? fileBlock(html, this.#line) : undefined;
    if (file) {
      this.#siblings.push(file);
      return;
    }
    const picture = pictureOf(html);
    if (picture) {
      this.#image(picture.source, picture.alt);
      return;
    }
    const { text, refused } = textOfHTML(html);
    for (const tag of refused) this.folder.warn(this.#place, `<${tag}> is left out`);
    if (/^<br\s*\/?>$/i.test(html.trim())) this.#siblings.push({ type: "break" });
    else if (text.trim() !== "") {
      const words: LessonNode = { type: "text", text: unmarked(text.trim()) };
      this.#siblings.push(block ? { type: "paragraph", children: [words] } : words);
    }
  }
}

/** In code, a port's place holder is shown as it was written. */
function unmarked(text: string): string {
  return splitPorts(text)
    .map((node) =>
      node.type === "port" ? `{{TRAFFIC_HOST1_${node.port}}}${node.path}` : "text" in node ? node.text : "",
    )
    .join("");
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
