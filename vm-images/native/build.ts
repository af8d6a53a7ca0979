/**
 * The guest's programs written in C: the agent's interpreter, `docker`, and the hello of the BigFile project. All are
 * static i686 programs. The same sources and compiler give the same bytes.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { isThere, publishFolder } from "../cache-folder.js";
import type { SourcePackage } from "../private-apt.js";
import { fetchQuickJS, type QuickJSSource } from "./quickjs-source.js";
import { findToolchain, type Toolchain } from "./toolchain.js";

const run = promisify(execFile);
const here = import.meta.dirname;

export interface NativeOptions {
  /** Where the programs go. */
  outputDir: string;
  /** Where sources, the C library and compiled parts are kept between builds. */
  cacheDir: string;
  /** Fetched by fetchQuickJS when left out. */
  quickjsSource?: QuickJSSource;
  /** Found by findToolchain when left out. */
  toolchain?: Toolchain;
}

/** Paths of the programs, and what they were made of. */
export interface NativeArtifacts {
  agentHost: string;
  docker: string;
  hello: string;
  /** QuickJS's Debian source package. */
  quickjs: SourcePackage;
  toolchain: string;
}

const COMMON = ["-ffile-prefix-map=/=", "-Wl,--build-id=none", "-s"];

/** The interpreter wants wrapping arithmetic and unsigned chars; 64-bit times and sizes are for our own calls. */
const INTERPRETER = [
  ...["-O2", "-std=gnu11", "-fwrapv", "-funsigned-char", "-fno-math-errno"],
  ...["-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64"],
  // A program at a fixed place needs a twentieth fewer instructions.
  ...["-fno-pie", "-no-pie"],
];

const WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-Wno-sign-compare"];

/** Programs with neither C library nor start-up files. */
const BARE = [
  ...["-Os", "-ffreestanding", "-fno-stack-protector", "-fno-pic", "-no-pie", "-fno-asynchronous-unwind-tables"],
  ...["-fno-tree-loop-distribute-patterns", "-fcf-protection=none", "-nostdlib", "-static"],
  ...["-Wl,-z,noseparate-code", "-Wl,-z,norelro"],
];

const QUICKJS_FILES = ["quickjs", "libregexp", "libunicode", "cutils", "dtoa"];

/** @throws {Error} with the compiler's messages. */
export async function buildNative(options: NativeOptions): Promise<NativeArtifacts> {
  const { outputDir, cacheDir } = options;
  const toolchain = options.toolchain ?? (await findToolchain(cacheDir));
  const source = options.quickjsSource ?? (await fetchQuickJS(cacheDir));
  await mkdir(outputDir, { recursive: true });
  const engine = await buildEngine(source, toolchain, cacheDir);
  const agentHost = await link(toolchain, join(outputDir, "agent-host"), [
    ...INTERPRETER,
    ...WARNINGS,
    ...["-isystem", source.folder, "-I.", "-static"],
    ...["agent-host.c", ...(await ownModule()), ...engine, "-lm"],
  ]);
  const docker = await link(toolchain, join(outputDir, "docker"), [...BARE, ...WARNINGS, "docker-stub.c"]);
  const hello = await link(toolchain, join(outputDir, "hello"), [...BARE, ...WARNINGS, "hello.c"]);
  return { agentHost, docker, hello, quickjs: source.package, toolchain: toolchain.description };
}

/** Names what buildNative makes: changes with our sources, the flags and the compiler's packages asked for. */
export async function nativeHash(): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(here, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"));
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort())
    hash.update(`${relative(here, path)}\0`).update(await readFile(path));
  return hash.digest("hex").slice(0, 32);
}

/** QuickJS's objects: the long part of a build, and the same as long as compiler and version are. */
async function buildEngine(source: QuickJSSource, toolchain: Toolchain, cacheDir: string): Promise<string[]> {
  const flags = [...toolchain.flags, ...INTERPRETER, "-w", `-DCONFIG_VERSION="${source.version}"`];
  const made = [source.package.version, toolchain.description, ...flags].join("\0");
  const folder = join(cacheDir, `quickjs-${createHash("sha256").update(made).digest("hex").slice(0, 16)}`);
  if (!(await isThere(folder)))
    await publishFolder(folder, async (partial) => {
      const compile = (name: string) =>
        run("gcc", [...flags, "-ffile-prefix-map=/=", "-c", `${name}.c`, "-o", join(partial, `${name}.o`)], {
          cwd: source.folder,
        });
      await Promise.all(QUICKJS_FILES.map(compile));
    });
  return QUICKJS_FILES.map((name) => join(folder, `${name}.o`));
}

async function ownModule(): Promise<string[]> {
  const names = await readdir(join(here, "linux"));
  return names
    .filter((name) => name.endsWith(".c"))
    .sort()
    .map((name) => `linux/${name}`);
}

/** Whoever runs the old program keeps it. */
async function link(toolchain: Toolchain, program: string, args: string[]): Promise<string> {
  const partial = `${program}.${process.pid}.partial`;
  await run("gcc", [...toolchain.flags, ...COMMON, ...args, "-o", partial], { cwd: here });
  await rename(partial, program);
  return program;
}
