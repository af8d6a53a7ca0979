import { expect, test } from "vitest";
import { encodeUtf8 } from "../../shared/text/utf8.js";
import { Folder } from "../folder.js";
import { commandsOf, type LessonNode, plainText, walk } from "./nodes.js";
import { parseMarkdown } from "./parse-markdown.js";

const folder = () => new Folder(new Map([["assets/a b.png", encodeUtf8("png")]]));

function parse(text: string): { nodes: LessonNode[]; warnings: string[] } {
  const from = folder();
  const nodes = parseMarkdown(text, "step1.md", from);
  return { nodes, warnings: from.warnings.map(({ line, message }) => `${line}: ${message}`) };
}

/** Every node in one line: what it is, and its own text. */
function outline(text: string): string[] {
  const lines: string[] = [];
  walk(parse(text).nodes, (node) => {
    const { children: _, ...own } = node as LessonNode & { children?: unknown };
    lines.push(JSON.stringify(own).replaceAll('"', ""));
  });
  return lines;
}

const execute = "action:{kind:execute,terminal:1,interrupt:false}";

test.each([
  ["`ls`{{execute}}", `{type:code,text:ls,${execute}}`],
  ["`ls`{{exec}}", `{type:code,text:ls,${execute}}`],
  ["`ls` {{ exec }}", `{type:code,text:ls,${execute}}`],
  ["`ls`{{copy}}", "{type:code,text:ls,action:{kind:copy}}"],
  ["`app.js`{{open}}", "{type:code,text:app.js,action:{kind:open}}"],
  ["`top`{{execute interrupt}}", "{type:code,text:top,action:{kind:execute,terminal:1,interrupt:true}}"],
  ["`top`{{exec interrupt}}", "{type:code,text:top,action:{kind:execute,terminal:1,interrupt:true}}"],
  ["`top`{{execute T2}}", "{type:code,text:top,action:{kind:execute,terminal:2,interrupt:false}}"],
  ["`top`{{execute HOST1 T3}}", "{type:code,text:top,action:{kind:execute,terminal:3,interrupt:false}}"],
  ["```\nls\n```{{exec}}", `{type:code-block,text:ls,language:,line:1,${execute}}`],
  ["```bash\nls\npwd\n``` {{execute}}", `{type:code-block,text:ls\\npwd,language:bash,line:1,${execute}}`],
  ["```\nls\n```\n{{exec}}", `{type:code-block,text:ls,language:,line:1,${execute}}`],
  ["```\nls\n```\n\n{{copy}}", "{type:code-block,text:ls,language:,line:1,action:{kind:copy}}"],
  ["```bash {{exec}}\nls\n```", `{type:code-block,text:ls,language:bash,line:1,${execute}}`],
  ["~~~\nls\n~~~{{exec}}", `{type:code-block,text:ls,language:,line:1,${execute}}`],
  [
    '<pre class="file" data-filename="app.js" data-target="append">\na &lt; b\n</pre>',
    "{type:code-block,text:a < b,language:js,line:1,action:{kind:write,file:app.js,how:append}}",
  ],
  ["see {{TRAFFIC_HOST1_80}}/a now", "{type:port,port:80,path:/a}"],
  ["[see]({{TRAFFIC_HOST1_8080}}/x)", "{type:port,port:8080,path:/x}"],
  ["https://[[HOST_SUBDOMAIN]]-3000-[[KATACODA_HOST]].environments.katacoda.com/", "{type:port,port:3000,path:/}"],
  ["`curl {{TRAFFIC_HOST1_80}}`", "{type:code,text:curl {{TRAFFIC_HOST1_80}}}"],
  ["![a](./assets/a%20b.png)", "{type:image,path:assets/a b.png,alt:a}"],
  ["![a](/me/scenarios/one/assets/a%20b.png)", "{type:image,path:assets/a b.png,alt:a}"],
  ['<img src="assets/a b.png" alt="a">', "{type:image,path:assets/a b.png,alt:a}"],
  ["[a](https://example.com/x)", "{type:link,href:https://example.com/x}"],
  [
    ">>Which?<<\n(*) this\n( ) that",
    "{type:quiz,question:Which?,kind:one,choices:[{text:this,right:true},{text:that,right:false}]}",
  ],
  [
    ">>Which?<<\n\n[*] this\n[ ] that",
    "{type:quiz,question:Which?,kind:many,choices:[{text:this,right:true},{text:that,right:false}]}",
  ],
  [">>Day?<<\n=== Monday", "{type:quiz,question:Day?,kind:exact,answer:Monday}"],
  [">>Day?<<\n=~= Mon", "{type:quiz,question:Day?,kind:contains,answer:Mon}"],
  ["AT&amp;T", "{type:text,text:AT&T}"],
  ["3. three", "{type:list,ordered:true,start:3}"],
  ["|a|\n|-|\n|b|", "{type:header-cell}"],
])("%j", (text, node) => {
  expect(outline(text)).toContain(node);
  expect(parse(text).warnings).toEqual([]);
});

test("lines behind an action keep their numbers", () => {
  expect(commandsOf(parse("```\na\n```{{exec}}\n\n```\nb\n```{{exec}}").nodes)).toEqual([
    { text: "a", line: 1 },
    { text: "b", line: 5 },
  ]);
});

const HOSTILE: [text: string, shown: string, warning?: string][] = [
  ["a<script>alert(1)</script>b", "aalert(1)b", "1: <script> is left out"],
  ["<script>alert(1)</script>", "", "1: <script> is left out"],
  ["<style>*{display:none}</style>\n\nb", "b", "1: <style> is left out"],
  ['<img src=x onerror="alert(1)">', "", "1: <img> is left out"],
  ["type <your-name> here", "type <your-name> here"],
  ["<b>a</b> <ip>", "a <ip>"],
  [
    '<img src="https://evil.example/a.png" alt="x">',
    "x",
    '1: the picture "https://evil.example/a.png" is not in the folder, and not shown',
  ],
  ["<iframe src=//evil></iframe>", "", "1: <iframe> is left out"],
  ["<svg><a href=x>hi</a></svg>", "hi", "1: <svg> is left out"],
  ["<details><summary>more</summary>words</details>", "morewords"],
  ["a <b onclick=x>bold</b> c", "a bold c"],
  ["[x](javascript:alert(1))", "x", '1: the link to "javascript:alert(1)" is left out'],
  ["[x](JaVaScRiPt:alert)", "x", '1: the link to "JaVaScRiPt:alert" is left out'],
  ["[x](data:text/html,x)", "x", '1: the link to "data:text/html,x" is left out'],
  ["\n[x](//evil.example)", "x", '2: the link to "//evil.example" is left out'],
  [
    "![x](https://evil.example/a.png)",
    "x",
    '1: the picture "https://evil.example/a.png" is not in the folder, and not shown',
  ],
  ["![x](data:image/svg+xml,x)", "x", '1: the picture "data:image/svg+xml,x" is not in the folder, and not shown'],
  ["![x](../../etc/passwd)", "x", '1: "../../etc/passwd" leads out of the folder'],
  ["![x](assets/none.png)", "x", '1: "assets/none.png" is missing'],
  ["a {{magic}} b", "a {{magic}} b", '1: "{{magic}}" is not known, and shown as it is'],
  ["&#0;&#x110000;", "\ufffd\ufffd"],
];

test.each(HOSTILE)("%j is shown as %j", (text, shown, warning) => {
  const { nodes, warnings } = parse(text);
  expect(plainText(nodes)).toBe(shown);
  expect(warnings[0]).toBe(warning);
});

test("every link is http, whatever is written", () => {
  const schemes = [
    "javascript",
    "vbscript",
    "file",
    "data",
    "blob",
    "ftp",
    "ws",
    "JAVASCRIPT",
    "java\tscript",
    "&#106;avascript",
  ];
  for (const scheme of schemes)
    walk(parse(`[a](${scheme}:x) <${scheme}:x>\n\n[b]: ${scheme}:x\n[b]`).nodes, (node) =>
      expect(node.type).not.toBe("link"),
    );
});

test.each([
  ["quotes", ">".repeat(50_000)],
  ["lists", "- ".repeat(50_000)],
  ["tags", "<a ".repeat(50_000)],
  ["brackets", "[".repeat(50_000)],
  ["questions", `${">>".repeat(20_000)}<<\n(`],
  ["ports", "{{TRAFFIC_HOST1_80}} ".repeat(20_000)],
  ["actions", "`a`{{exec}}".repeat(20_000)],
])("%s without end are read to their end", (_, text) => {
  expect(() => parse(text)).not.toThrow();
});
