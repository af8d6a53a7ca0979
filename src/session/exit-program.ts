const LOAD_ADDRESS = 0x08048000;
const HEADER_BYTES = 52;
const SEGMENT_BYTES = 32;
/** mov $1, %eax; xor %ebx, %ebx; int $0x80 */
const EXIT_0 = [0xb8, 1, 0, 0, 0, 0x31, 0xdb, 0xcd, 0x80];

/** The smallest program there can be in an image: an ELF for i386 that exits with 0. Source: System V ABI, i386. */
export function exitProgram(): Uint8Array {
  const size = HEADER_BYTES + SEGMENT_BYTES + EXIT_0.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const u16 = (at: number, value: number) => view.setUint16(at, value, true);
  const u32 = (at: number, value: number) => view.setUint32(at, value, true);
  // Magic, 32 bits, little-endian, version 1.
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  u16(16, 2); // executable
  u16(18, 3); // i386
  u32(20, 1);
  u32(24, LOAD_ADDRESS + HEADER_BYTES + SEGMENT_BYTES); // entry
  u32(28, HEADER_BYTES); // program headers
  u16(40, HEADER_BYTES);
  u16(42, SEGMENT_BYTES);
  u16(44, 1);
  // One segment to load: the whole file, readable and executable.
  u32(HEADER_BYTES, 1);
  u32(HEADER_BYTES + 8, LOAD_ADDRESS);
  u32(HEADER_BYTES + 12, LOAD_ADDRESS);
  u32(HEADER_BYTES + 16, size);
  u32(HEADER_BYTES + 20, size);
  u32(HEADER_BYTES + 24, 5);
  u32(HEADER_BYTES + 28, 0x1000);
  bytes.set(EXIT_0, HEADER_BYTES + SEGMENT_BYTES);
  return bytes;
}
