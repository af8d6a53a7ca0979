/**
 * Where this machine gets its own Debian packages: its sources lists, both the one-line and the deb822 form,
 * narrowed to Debian's own archives. Source: sources.list(5).
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One archive, with the suites asked of it. */
export interface DebianSource {
  uris: string[];
  suites: string[];
  components: string[];
  /** Fields such as `Signed-By` or `Check-Valid-Until`, to be kept as they are. */
  options: [field: string, value: string][];
}

/** Fields that we decide ourselves. */
const OWN_FIELDS = new Set(["types", "uris", "suites", "components", "enabled", "architectures", "arch"]);

/** Debian's archives of the machine whose base suite is `codename`. */
export function machineSources(codename: string, etcApt = "/etc/apt"): DebianSource[] {
  const files = [join(etcApt, "sources.list"), ...partsOf(join(etcApt, "sources.list.d"))].filter(existsSync);
  return files
    .flatMap((file) => {
      const text = readFileSync(file, "utf8");
      return file.endsWith(".sources") ? parseDeb822(text) : parseOneLine(text);
    })
    .map((source) => ({ ...source, suites: source.suites.filter((suite) => baseOf(suite) === codename) }))
    .filter(isDebian);
}

/** The machine's own release name, such as `bookworm`. */
export function machineCodename(osRelease = readFileSync("/etc/os-release", "utf8")): string {
  const name = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(osRelease)?.[1];
  if (!name) throw new Error("no VERSION_CODENAME in /etc/os-release");
  return name;
}

/** `bookworm-security` and `bookworm-updates` belong to `bookworm`. */
export function baseOf(suite: string): string {
  return suite.replace(/(-updates|-security|-backports|\/updates)$/, "");
}

/** The archive that would hold `suite`: that of the machine's suite of the same kind, or undefined. */
export function sourceFor(sources: readonly DebianSource[], suite: string): DebianSource | undefined {
  const kind = suite.slice(baseOf(suite).length);
  const found =
    sources.find(({ suites }) => suites.includes(suite)) ??
    sources.find(({ suites }) => suites.some((own) => own.slice(baseOf(own).length) === kind));
  return found && { ...found, suites: [suite], components: ["main"] };
}

/** Text of a deb822 sources file. */
export function formatSource(source: DebianSource, type: "deb" | "deb-src"): string {
  return [
    `Types: ${type}`,
    `URIs: ${source.uris.join(" ")}`,
    `Suites: ${source.suites.join(" ")}`,
    `Components: ${source.components.join(" ")}`,
    ...source.options.map(([field, value]) => `${field}: ${value}`),
    "",
  ].join("\n");
}

export function parseDeb822(text: string): DebianSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, [string, string]>();
    const unfolded = stanza.replace(/^#.*\n?/gm, "").replace(/\n[ \t]+/g, "\n\t");
    for (const [, name, value] of unfolded.matchAll(/^([A-Za-z-]+):[ \t]*((?:.*)(?:\n\t.*)*)/gm))
      fields.set(name!.toLowerCase(), [name!, value!.trim()]);
    const words = (name: string) => fields.get(name)?.[1].split(/\s+/).filter(Boolean) ?? [];
    if (!words("types").includes("deb") || fields.get("enabled")?.[1].toLowerCase() === "no") return [];
    return [
      {
        uris: words("uris"),
        suites: words("suites"),
        components: words("components"),
        options: [...fields].filter(([name]) => !OWN_FIELDS.has(name)).map(([, field]) => field),
      },
    ];
  });
}

export function parseOneLine(text: string): DebianSource[] {
  return [...text.matchAll(/^[ \t]*deb[ \t]+(?:\[([^\]]*)\][ \t]*)?(\S+)[ \t]+(\S+)[ \t]+([^#\n]+)/gm)].map(
    ([, options = "", uri, suite, components]) => ({
      uris: [uri!],
      suites: [suite!],
      components: components!.trim().split(/\s+/),
      options: [...options.matchAll(/([a-z-]+)=(\S+)/gi)]
        .filter(([, name]) => !OWN_FIELDS.has(name!.toLowerCase()))
        .map(([, name, value]): [string, string] => [headerCase(name!), value!.replaceAll(",", " ")]),
    }),
  );
}

/** Others' archives reuse Debian's suite names, but not its `main`, or not its key. */
function isDebian({ suites, components, options }: DebianSource): boolean {
  const key = options.find(([field]) => field.toLowerCase() === "signed-by")?.[1];
  const keyFits = key === undefined || key.includes("PGP PUBLIC KEY") || key.includes("debian-archive");
  return suites.length > 0 && components.includes("main") && keyFits;
}

function partsOf(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort()
    .map((name) => join(dir, name));
}

function headerCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (letters) => letters.toUpperCase());
}
