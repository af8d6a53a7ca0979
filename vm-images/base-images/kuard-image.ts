/**
 * Our stand-in for `gcr.io/kuar-demo/kuard-amd64`, the demo of a well-known course, whose own images are for amd64: the
 * same port and the same ideas, a program and a page of our own. Its labels say so.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { EPOCH } from "../../src/shared/files/file-attributes.js";
import type { TarEntry } from "../../src/shared/tar/entry.js";
import type { Toolchain } from "../native/toolchain.js";
import { makeImage, type OneLayerImage } from "./oci-image.js";

const run = promisify(execFile);
const sources = join(import.meta.dirname, "kuard");

export const KUARD_HOST = "gcr.io";
export const KUARD_NAME = "kuar-demo/kuard-amd64";
export const COLOURS = ["blue", "green"] as const;

/** When it was written; not when it is built, so that the same sources give the same image. */
const CREATED = "2026-11-25T00:00:00Z";

const FLAGS = ["-Os", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-pthread"];
const REPRODUCIBLE = ["-ffile-prefix-map=/=", "-Wl,--build-id=none"];

/** @throws {Error} with the compiler's messages. */
export async function kuardImage(colour: (typeof COLOURS)[number], toolchain: Toolchain): Promise<OneLayerImage> {
  const attributes = { uid: 0, gid: 0, mtime: EPOCH };
  const directory = (path: string, mode: number): TarEntry => ({ ...attributes, path, type: "directory", mode });
  const program = await compile(colour, toolchain);
  return makeImage({
    rootfs: [
      ...["dev", "etc", "proc", "sys"].map((path) => directory(path, 0o755)),
      directory("tmp", 0o1777),
      { ...attributes, path: "kuard", type: "file", mode: 0o755, contents: program },
    ],
    config: {
      Cmd: ["/kuard"],
      ExposedPorts: { "8080/tcp": {} },
      Labels: {
        "org.opencontainers.image.title": "kuard",
        "org.opencontainers.image.description": `Drydock's stand-in for ${KUARD_HOST}/${KUARD_NAME}:${colour}, for linux/386`,
        "org.opencontainers.image.version": colour,
      },
    },
    created: CREATED,
    createdBy: "COPY /kuard /kuard # Drydock's stand-in",
  });
}

async function compile(colour: string, toolchain: Toolchain): Promise<Uint8Array> {
  const scratch = await mkdtemp(join(tmpdir(), "drydock-kuard-"));
  try {
    const files = (await readdir(sources)).filter((name) => name.endsWith(".c")).sort();
    const program = join(scratch, "kuard");
    const colourFlag = `-DCOLOUR="${colour}"`;
    await run("gcc", [...toolchain.flags, ...FLAGS, ...REPRODUCIBLE, colourFlag, ...files, "-o", program], {
      cwd: sources,
    });
    return await readFile(program);
  } finally {
    await rm(scratch, { recursive: true });
  }
}
