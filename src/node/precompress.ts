/** Compressed copies beside the files of a built page, for servers that send those to browsers that take them. */
import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Files that are not compressed already; below a packet's size there is nothing to gain. */
const COMPRESSIBLE = /\.(css|html|js|json|svg|ttf|wasm)$/;
const LEAST_BYTES = 1400;
/** The highest, 11, takes twice the time for two per cent. */
const BROTLI_QUALITY = 10;

/** By extension, the one to be preferred first; its name as HTTP has it in `Accept-Encoding`. */
export const ENCODINGS = [
  { extension: ".br", name: "br", compress: compressBrotli },
  { extension: ".gz", name: "gzip", compress: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 9 }) },
] as const;

function compressBrotli(bytes: Uint8Array): Promise<Buffer> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return promisify(brotliCompress)(bytes, { params });
}

/** Writes `<file>.br` and `<file>.gz` beside each file below `folder` that is worth it. */
export async function precompress(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => COMPRESSIBLE.test(path));
  await Promise.all(files.map((path) => precompressFile(join(folder, path))));
}

async function precompressFile(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < LEAST_BYTES) return;
  await Promise.all(
    ENCODINGS.map(async ({ extension, compress }) => writeFile(path + extension, await compress(bytes))),
  );
}
