/**
 * apt with lists, cache and status of its own: packages of another architecture or release come without touching
 * the machine's own apt and without root. Where one suite's index cannot be read (mirrors go out of step), the
 * others still serve.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import {
  baseOf,
  type DebianSource,
  formatSource,
  machineCodename,
  machineSources,
  sourceFor,
} from "./debian-sources.js";

const run = promisify(execFile);

export interface PrivateAptOptions {
  architecture: "i386" | "amd64";
  /** Kept between runs. One PrivateApt at a time may use it: apt locks it. */
  cacheDir: string;
  /** The machine's own suites when left out. Suites of an earlier release here win over those of a later one. */
  suites?: string[];
  /** Archives to ask, instead of the machine's own. */
  sources?: DebianSource[];
}

export interface UpdateResult {
  readable: string[];
  unreadable: { suite: string; why: string }[];
}

export interface DebianPackage {
  name: string;
  version: string;
  /** Path of the .deb. */
  file: string;
  /** Hex. */
  sha256: string;
}

export interface SourcePackage {
  name: string;
  version: string;
  /** Path of the .dsc. */
  dsc: string;
  /** The .dsc and all that it names. */
  files: { file: string; sha256: string }[];
}

export interface PrivateApt {
  /** Reads the indexes. Throws when no suite could be read. */
  update(): Promise<UpdateResult>;
  /** Newest readable versions, signature and hashes checked by apt. Files already there are not fetched again. */
  download(packages: string[]): Promise<DebianPackage[]>;
  /** Source package of `suite`, which need not be one of the machine's; reads that suite's source index first. */
  source(name: string, suite: string): Promise<SourcePackage>;
}

/** @throws {Error} when apt is missing or the machine's lists name no Debian archive. */
export async function createPrivateApt(options: PrivateAptOptions): Promise<PrivateApt> {
  const dir = resolve(options.cacheDir);
  const sources = options.sources ?? machineSources(machineCodename());
  if (sources.length === 0) throw new Error("no Debian archive in /etc/apt/sources.list or /etc/apt/sources.list.d");
  const suites = options.suites ?? [...new Set(sources.flatMap((source) => source.suites))];
  const binary = await createRoot(join(dir, options.architecture), options.architecture, "deb", sources, suites);
  const debs = join(dir, "debs");
  await mkdir(debs, { recursive: true });
  return {
    update: () => update(binary),
    download: async (names) => {
      if (names.length === 0) return [];
      await apt(binary, ["download", ...names], debs);
      const files = await fileNames(binary, names);
      return Promise.all(files.map((file) => describeDeb(join(debs, file))));
    },
    source: async (name, suite) => {
      const root = await createRoot(join(dir, `source-${suite}`), options.architecture, "deb-src", sources, [suite]);
      await update(root);
      const out = join(dir, "sources");
      await mkdir(out, { recursive: true });
      await apt(root, ["source", "--download-only", "--only-source", name], out);
      return describeSource(name, out);
    },
  };
}

/** A configured apt. */
interface AptRoot {
  config: string;
  suites: string[];
  type: "deb" | "deb-src";
}

async function createRoot(
  dir: string,
  architecture: string,
  type: AptRoot["type"],
  sources: DebianSource[],
  suites: string[],
): Promise<AptRoot> {
  for (const part of ["lists/partial", "cache/archives/partial", "parts"])
    await mkdir(join(dir, part), { recursive: true });
  const stanzas = suites.map((suite) => {
    const source = sourceFor(sources, suite);
    if (!source) throw new Error(`no archive of this machine's sources would hold the suite ${suite}`);
    return formatSource(source, type);
  });
  await writeFile(join(dir, "debian.sources"), stanzas.join("\n"));
  await writeFile(join(dir, "preferences"), preferences(suites));
  await writeFile(join(dir, "status"), "");
  const config = join(dir, "apt.conf");
  await writeFile(config, configText(dir, architecture));
  return { config, suites, type };
}

/** Read after the machine's own configuration, so that its proxies stay and its hooks do not run. */
function configText(dir: string, architecture: string): string {
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
#clear APT::Default-Release;
#clear Acquire::IndexTargets::deb::DEP-11;
APT::Architecture "${architecture}";
APT::Architectures { "${architecture}"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "2";
Dir::State "${dir}";
Dir::State::lists "${dir}/lists";
Dir::State::status "${dir}/status";
Dir::Cache "${dir}/cache";
Dir::Etc::sourcelist "${dir}/debian.sources";
Dir::Etc::sourceparts "${dir}/parts";
Dir::Etc::preferences "${dir}/preferences";
Dir::Etc::preferencesparts "${dir}/parts";
`;
}

/** Suites of one release are equal; those of a release named later only fill gaps. */
function preferences(suites: string[]): string {
  const releases = [...new Set(suites.map(baseOf))];
  return suites
    .map((suite) => {
      const priority = 900 - 100 * Math.min(releases.indexOf(baseOf(suite)), 8);
      return `Package: *\nPin: release n=${suite}\nPin-Priority: ${priority}\n`;
    })
    .join("\n");
}

async function update(root: AptRoot): Promise<UpdateResult> {
  const complaints = await apt(root, ["update", "-q"]).then(
    ({ stderr }) => stderr,
    (error: AptError) => error.stderr,
  );
  const created = root.type === "deb" ? "Packages" : "Sources";
  const { stdout } = await apt(root, ["indextargets", "--format", "$(RELEASE)", `Created-By: ${created}`]);
  const found = new Set(stdout.split("\n").map((line) => line.trim()));
  const readable = root.suites.filter((suite) => found.has(suite));
  const unreadable = root.suites
    .filter((suite) => !found.has(suite))
    .map((suite) => ({ suite, why: reasonFor(suite, complaints) }));
  if (readable.length === 0) throw new Error(`no package index could be read: ${unreadable.map(told).join("; ")}`);
  return { readable, unreadable };
}

function told({ suite, why }: { suite: string; why: string }): string {
  return `${suite}: ${why}`;
}

/** apt's own words about `suite`, without the address. */
function reasonFor(suite: string, complaints: string): string {
  const lines = complaints.split("\n");
  const at = lines.findIndex((line) => line.includes(`/dists/${suite}/`) || line.includes(` ${suite} `));
  if (at < 0) return lines.find((line) => line.startsWith("E:"))?.slice(3) ?? "not in the archive";
  return lines[at]!.replace(/^[EW]: (Failed to fetch )?(\S+:\/\/\S+)?\s*/, "")
    .replace(/\s*\[IP: [^\]]*\].*$/, "")
    .trim();
}

/** Names of the files that `apt-get download` leaves for `names`, in their order. */
async function fileNames(root: AptRoot, names: string[]): Promise<string[]> {
  const { stdout } = await apt(root, ["download", "--print-uris", ...names]);
  const files = [...stdout.matchAll(/^'[^']*' (\S+\.deb) /gm)].map((match) => match[1]!);
  return names.map((name) => {
    const bare = name.replace(/[:=/].*$/, "");
    const file = files.find((candidate) => candidate.startsWith(`${bare}_`));
    if (!file) throw new Error(`apt downloaded no file for ${name}`);
    return file;
  });
}

async function describeDeb(file: string): Promise<DebianPackage> {
  const { stdout } = await run("dpkg-deb", ["-f", file, "Package", "Version"]);
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(stdout)![1]!;
  return { name: field("Package"), version: field("Version"), file, sha256: await sha256Of(file) };
}

async function describeSource(name: string, dir: string): Promise<SourcePackage> {
  const dscs = (await readdir(dir)).filter((file) => file.startsWith(`${name}_`) && file.endsWith(".dsc"));
  const dsc = join(dir, dscs.sort().at(-1) ?? `${name}.dsc`);
  const text = await readFile(dsc, "utf8");
  const listed = /^Checksums-Sha256:\n((?: .*\n)+)/m.exec(text)?.[1] ?? "";
  const files = [...listed.matchAll(/^ ([0-9a-f]{64}) \d+ (\S+)$/gm)].map(([, sha256, file]) => ({
    file: join(dir, basename(file!)),
    sha256: sha256!,
  }));
  return {
    name,
    version: /^Version: (.*)$/m.exec(text)![1]!,
    dsc,
    files: [{ file: dsc, sha256: await sha256Of(dsc) }, ...files],
  };
}

async function sha256Of(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

interface AptError extends Error {
  stderr: string;
}

async function apt(root: AptRoot, args: string[], cwd?: string): Promise<{ stdout: string; stderr: string }> {
  return run("apt-get", ["-c", root.config, ...args], {
    cwd,
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: 64 << 20,
  });
}
