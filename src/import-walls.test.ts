import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const src = import.meta.dirname;

/** Rooms that a room may import, besides itself. The map in src/README.md says why. */
const mayImport: Record<string, readonly string[]> = {
  shared: [],
  protocol: ["shared"],
  agent: ["protocol", "shared"],
  machine: ["protocol", "shared"],
  engine: ["machine", "protocol", "shared"],
  cli: ["engine", "shared"],
  lessons: ["shared"],
  session: ["engine", "cli", "machine", "protocol", "shared"],
  ui: ["session", "lessons", "shared"],
  app: ["ui", "session", "lessons", "shared"],
  node: ["session", "lessons", "engine", "cli", "machine", "protocol", "shared"],
};

/** Files of `engine` that `cli` may see: the API, not what is behind it. */
const engineSeenByCli = /^engine\/(api\/(types|handler)|trace\/events)\.ts$/;

/** Packages, and the one place that may import each. */
const packageHome: [RegExp, RegExp][] = [
  [/^v86(\/|$)/, /^machine\//],
  [/^monaco-editor(\/|$)/, /^ui\/editor\//],
  [/^@xterm\//, /^ui\/terminal\//],
  [/^(markdown-it|jsonc-parser)$/, /^lessons\//],
  [/^(std|os|linux)$/, /^agent\/system\//],
  // Text of others never becomes HTML by itself.
  [/^lit\/directives\/unsafe-/, /^$/],
  [/^lit(\/|$)/, /^(ui|app)\//],
  [/^node:/, /^node\//],
];

interface Import {
  from: string;
  /** A file below src, or a package. */
  to: string;
  isPackage: boolean;
}

function sourceFiles(): string[] {
  return readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.endsWith(".d.ts"))
    .filter((file) => !file.startsWith("testfiles/") && file.includes("/"));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  const specifiers = [
    ...text.matchAll(/^\s*(?:import|export)\s[^;]*?from\s*"([^"]+)"/gm),
    ...text.matchAll(/^\s*import\s*"([^"]+)"/gm),
    ...text.matchAll(/import\(\s*"([^"]+)"/gm),
  ];
  return specifiers.map(([, specifier]) => resolveImport(file, specifier!));
}

function resolveImport(from: string, specifier: string): Import {
  if (!specifier.startsWith(".")) return { from, to: specifier, isPackage: true };
  const target = relative(src, resolve(src, dirname(from), specifier.replace(/\?.*$/, "")));
  return { from, to: target.replace(/\.js$/, ".ts"), isPackage: false };
}

function room(file: string): string {
  return file.split("/")[0]!;
}

function wallBroken({ from, to, isPackage }: Import): string | undefined {
  if (isPackage) {
    const home = packageHome.find(([name]) => name.test(to))?.[1];
    return home && !home.test(from) ? `${from} → ${to}: only ${home.source} may import it` : undefined;
  }
  if (room(from) === room(to) || to.startsWith("..")) return undefined;
  if (!mayImport[room(from)]?.includes(room(to))) return `${from} → ${to}: ${room(from)} may not import ${room(to)}`;
  if (room(from) === "cli" && room(to) === "engine" && !engineSeenByCli.test(to))
    return `${from} → ${to}: cli sees the API only`;
  return undefined;
}

/** The first cycle found, as a chain of files that ends where it begins. */
function findCycle(graph: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (done.has(file)) return undefined;
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return undefined;
}

const files = sourceFiles();
const imports = files.flatMap(importsOf);

test("every room is on the map", () => {
  expect([...new Set(files.map(room))].filter((name) => !(name in mayImport))).toEqual([]);
});

test("imports keep their direction", () => {
  expect(imports.map(wallBroken).filter(Boolean)).toEqual([]);
});

test("no cycles", () => {
  const graph = new Map(files.map((file) => [file, [] as string[]]));
  for (const { from, to, isPackage } of imports) if (!isPackage && graph.has(to)) graph.get(from)!.push(to);
  expect(findCycle(graph)?.join(" → ")).toBeUndefined();
});

test("the checks see a broken wall and a cycle", () => {
  expect(wallBroken({ from: "ui/steps/view.ts", to: "engine/api/types.ts", isPackage: false })).toContain(
    "ui may not import engine",
  );
  expect(wallBroken({ from: "engine/build/x.ts", to: "v86", isPackage: true })).toContain("only");
  expect(wallBroken({ from: "ui/steps/view.ts", to: "lit/directives/unsafe-html.js", isPackage: true })).toContain(
    "only",
  );
  expect(
    findCycle(
      new Map([
        ["a", ["b"]],
        ["b", ["a"]],
      ]),
    ),
  ).toEqual(["a", "b", "a"]);
});
