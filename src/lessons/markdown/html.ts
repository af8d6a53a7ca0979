/** Authors' HTML: never shown as such. Its words are; and Katacoda's blocks of a file's content are code. */
import type { LessonNode } from "./nodes.js";

/** Tags whose content is no text of the lesson. */
const WITHOUT_WORDS = /<(script|style|iframe|object|template|svg|video|audio)\b[^<>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi;
const TAG = /<\/?([a-z][a-z0-9-]*)\b[^<>]*>/gi;
/** Tags that are left out in silence: what they say is in their words. */
const HARMLESS =
  /^(br|p|div|span|b|i|u|em|strong|code|pre|kbd|sub|sup|small|details|summary|center|font|h[1-6]|ul|ol|li|a|table|tr|td|th|tbody|thead|hr|blockquote|var|mark|figure|figcaption|section)$/i;
/** Other tags that HTML has. What is neither, such as `<your-name>`, is an author's place holder, and text. */
const REFUSED =
  /^(img|script|style|iframe|object|embed|template|svg|math|video|audio|source|form|input|button|select|option|textarea|link|meta|base|html|head|body|title|frame|frameset|canvas|dialog|noscript|slot)$/i;

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The words of `html`, and the names of the tags that the reader misses something by. */
export function textOfHTML(html: string): { text: string; refused: string[] } {
  const refused = new Set<string>();
  const text = html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, "")
    .replace(WITHOUT_WORDS, (_, tag: string) => {
      refused.add(tag.toLowerCase());
      return "";
    })
    .replace(TAG, (whole, tag: string) => {
      if (HARMLESS.test(tag)) return "";
      if (!REFUSED.test(tag)) return whole;
      refused.add(tag.toLowerCase());
      return "";
    });
  return { text: decodeEntities(text), refused: [...refused] };
}

/** `<img src="picture.png" alt="words">`, as Markdown has it too. */
export function pictureOf(html: string): { source: string; alt: string } | undefined {
  const attributes = /^\s*<img\b([^<>]*)>\s*$/i.exec(html)?.[1];
  const source = attributes && attributeOf(attributes, "src");
  return source ? { source, alt: attributeOf(attributes, "alt") ?? "" } : undefined;
}

/** `<pre class="file" data-filename="app.js" data-target="replace">…</pre>` */
export function fileBlock(html: string, line: number): LessonNode | undefined {
  const match = /^\s*<pre\b([^>]*)>([\s\S]*?)<\/pre>\s*$/i.exec(html);
  if (!match) return undefined;
  const attribute = (name: string) => attributeOf(match[1]!, name);
  const file = attribute("data-filename");
  if (file === undefined) return undefined;
  const target = attribute("data-target") ?? "replace";
  const how = target === "append" || target === "insert" ? target : "replace";
  const marker = attribute("data-marker");
  const { text } = textOfHTML(match[2]!.replace(/^\n|\n$/g, ""));
  const language = /\.(\w+)$/.exec(file)?.[1] ?? "";
  return { type: "code-block", text, language, line, action: { kind: "write", file, how, ...(marker && { marker }) } };
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (whole, decimal, hexadecimal, name) => {
    if (name) return ENTITIES[name.toLowerCase()] ?? whole;
    const point = decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

function attributeOf(attributes: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}\\s*=\\s*["']([^"']*)["']`, "i").exec(attributes)?.[1];
}
