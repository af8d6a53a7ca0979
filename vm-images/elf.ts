/** What the builder reads of ELF files, 32 or 64 bits, little-endian. Source: System V ABI, chapter 4. */
const SECTION_HEADER = { 1: 40, 2: 64 } as const;

interface Section {
  nameOffset: number;
  offset: number;
  size: number;
}

/** Contents of the section `name`, undefined when there is none. @throws {RangeError} when it is no ELF file. */
export function elfSection(elf: Buffer, name: string): Buffer | undefined {
  if (elf.length < 52 || elf.readUInt32BE(0) !== 0x7f454c46) throw new RangeError("not an ELF file");
  const bits = elf[4] === 2 ? 2 : 1;
  const table = bits === 2 ? Number(elf.readBigUInt64LE(40)) : elf.readUInt32LE(32);
  const count = elf.readUInt16LE(bits === 2 ? 60 : 48);
  const namesIndex = elf.readUInt16LE(bits === 2 ? 62 : 50);
  const sections = Array.from({ length: count }, (_, index) =>
    section(elf, table + index * SECTION_HEADER[bits], bits),
  );
  const names = sections[namesIndex];
  if (!names) return undefined;
  const found = sections.find((each) => textAt(elf, names.offset + each.nameOffset) === name);
  return found && elf.subarray(found.offset, found.offset + found.size);
}

function section(elf: Buffer, at: number, bits: 1 | 2): Section {
  if (bits === 1)
    return { nameOffset: elf.readUInt32LE(at), offset: elf.readUInt32LE(at + 16), size: elf.readUInt32LE(at + 20) };
  const offset = Number(elf.readBigUInt64LE(at + 24));
  return { nameOffset: elf.readUInt32LE(at), offset, size: Number(elf.readBigUInt64LE(at + 32)) };
}

function textAt(bytes: Buffer, at: number): string {
  return bytes.toString("latin1", at, bytes.indexOf(0, at));
}
