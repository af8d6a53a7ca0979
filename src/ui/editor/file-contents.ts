/** A file as the editor can show it. */
export type FileContents =
  | { kind: "text"; text: string }
  | { kind: "binary"; bytes: number; what: string }
  | { kind: "large"; bytes: number };

/** More than this is no file to edit here. */
const LARGEST_TEXT_BYTES = 1_000_000;
/** As git and grep do: a NUL near the beginning makes it binary. */
const SNIFFED_BYTES = 8000;

export function describeFile(bytes: Uint8Array): FileContents {
  if (bytes.subarray(0, SNIFFED_BYTES).includes(0)) return { kind: "binary", bytes: bytes.length, what: kindOf(bytes) };
  if (bytes.length > LARGEST_TEXT_BYTES) return { kind: "large", bytes: bytes.length };
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { kind: "binary", bytes: bytes.length, what: kindOf(bytes) };
  }
}

const MAGIC: [string, readonly number[]][] = [
  ["gzip archive", [0x1f, 0x8b]],
  ["zip archive", [0x50, 0x4b, 3, 4]],
  ["PNG image", [0x89, 0x50, 0x4e, 0x47]],
];

const MACHINES: Record<number, string> = { 3: "Intel 80386", 62: "x86-64", 40: "ARM", 183: "AArch64" };

function kindOf(bytes: Uint8Array): string {
  const starts = (magic: readonly number[]) => magic.every((byte, index) => bytes[index] === byte);
  if (starts([0x7f, 0x45, 0x4c, 0x46])) return elfKind(bytes);
  return MAGIC.find(([, magic]) => starts(magic))?.[0] ?? "Binary file";
}

/** ELF header: class at byte 4, data order at 5, type at 16, machine at 18. */
function elfKind(bytes: Uint8Array): string {
  const bits = bytes[4] === 1 ? "32-bit " : bytes[4] === 2 ? "64-bit " : "";
  const machine = (bytes[18] ?? 0) | ((bytes[19] ?? 0) << 8);
  const type = bytes[16] === 3 ? "shared object" : "executable";
  return `ELF ${bits}${type}${MACHINES[machine] ? `, ${MACHINES[machine]}` : ""}`;
}

/** Monaco's language for a path. JSON is read as YAML, whose tokens contain JSON's. */
export function languageOf(path: string): string {
  const name = path.split("/").at(-1) ?? "";
  if (/^(.*\.)?Dockerfile(\..*)?$|\.dockerfile$/i.test(name)) return "dockerfile";
  const extension = /\.([^.]+)$/.exec(name)?.[1] ?? "";
  const languages: Record<string, string> = {
    sh: "shell",
    bash: "shell",
    json: "yaml",
    yaml: "yaml",
    yml: "yaml",
    md: "markdown",
    conf: "ini",
    ini: "ini",
    c: "cpp",
    h: "cpp",
    py: "python",
    js: "javascript",
  };
  return languages[extension] ?? "plaintext";
}
