/** Authors' HTML: never shown as such. Its words are; and Katacoda's blocks of a file's content are code. */
import type { LessonNode } from "./nodes.js";

/** Tags whose content is no text of the lesson. */
const WITHOUT_WORDS = /<(script|style|iframe|object|template|svg|video|audio)\b[^<>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi;
const TAG = /<\/?([a-z][a-z0-9-]*)\b[^<>]*>/gi;
/** Tags that are left out in silence: what they say is in their words. */
const HARMLESS =
  /^(br|p|div|span|b|i|u|em|strong|code|pre|kbd|sub|sup|small|details|summary|center|font|h[1-6]|ul|ol|li|a|table|tr|td|th|tbody|thead|hr|blockquote)$/i;

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
    .replace(TAG, (_, tag: string) => {
      if (!HARMLESS.test(tag)) refused.add(tag.toLowerCase());
      return "";
    });
  return { text: decodeEntities(text), refused: [...refused] };
}

/** `<pre class="file" data-filename="app.js" data-target="replace">…</pre>` */
export function fileBlock(html: string, line: number): LessonNode | undefined {
  const match = /^\s*<pre\b([^>]*)>([\s\S]*?)<\/pre>\s*$/i.exec(html);
  if (!match) return undefined;
  const attribute = (name: string) => new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`, "i").exec(match[1]!)?.[1];
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
