/**
 * TRIM for v86's IDE disks: what the guest's file system frees, the page's memory gets back. v86 knows the command DATA
 * SET MANAGEMENT neither in its answer to IDENTIFY DEVICE nor when it comes, so both are added where the guest's writes
 * reach the channel's ports. Word and bit numbers are those of ATA8-ACS (T13/1699-D), 7.10 and 7.16; the bus master's
 * register is that of "Programming Interface for Bus Master IDE Controller", revision 1.0.
 */
import type { V86Cpu, V86IdeChannel, V86Port } from "./v86.js";

const Command = { dataSetManagement: 0x06, identifyDevice: 0xec } as const;
/** Bit 0 of the feature register. */
const TRIM = 1;
const Status = { ready: 0x50, transfer: 0x58, failed: 0x41 } as const;
const ABORTED = 0x04;

const COMMAND_REGISTER = 7;
/** v86's place for the first channel's bus master; the BIOS may move the port, not what stands behind it. */
const BUS_MASTER_COMMAND = 0xb400;
const START = 0x01;
const DIRECTION = 0x08;
const ACTIVE = 0x01;

const SECTOR_BYTES = 512;
const RANGE_BYTES = 8;
const PRD_BYTES = 8;
const LAST_PRD = 0x80;

/**
 * Words of IDENTIFY DEVICE. Linux believes in TRIM from major version 7 on; with 8 it would take word 48 for a claim to
 * have security logs. It discards freed swap only where nothing turns.
 */
const IDENTITY: readonly [word: number, value: number][] = [
  [69, (1 << 14) | (1 << 5)], // what was trimmed reads as zeros
  [80, 0b1111_0000], // ATA/ATAPI-4 to 7
  [105, 1], // blocks of ranges in one command
  [169, TRIM],
  [217, 1], // no rotating medium
];

/** To be called before the guest runs or a state is restored. */
export function teachTrim(cpu: V86Cpu): void {
  const channel = cpu.devices.ide.primary;
  intercept(cpu.io.ports[channel.command_base + COMMAND_REGISTER]!, (command, go) => {
    if (command === Command.dataSetManagement) return begin(channel);
    go();
    if (command === Command.identifyDevice) identify(channel);
  });
  intercept(cpu.io.ports[BUS_MASTER_COMMAND]!, (value, go) => {
    const trims = channel.current_interface.current_command === Command.dataSetManagement;
    if (!trims || !(value & START) || channel.dma_command & START) return go();
    channel.dma_command = value & (START | DIRECTION);
    transfer(cpu, channel);
  });
}

/** Stands before what the port does when a byte is written to it. */
function intercept(port: V86Port, write: (value: number, go: () => void) => void): void {
  const { write8 } = port;
  port.write8 = function (value) {
    write(value, () => write8.call(this, value));
  };
}

function identify({ current_interface: drive }: V86IdeChannel): void {
  if (drive.buffer?.discard) for (const [word, value] of IDENTITY) drive.data16[word] = value;
}

/** The command: its ranges come by DMA. */
function begin(channel: V86IdeChannel): void {
  const drive = channel.current_interface;
  channel.cpu.device_lower_irq(channel.irq);
  drive.error_reg = 0;
  drive.current_command = Command.dataSetManagement;
  if (drive.buffer?.discard && drive.features_reg & TRIM) drive.status_reg = Status.transfer;
  else end(channel, Status.failed);
}

function transfer(cpu: V86Cpu, channel: V86IdeChannel): void {
  const drive = channel.current_interface;
  const disk = drive.buffer!;
  const ranges = rangesOf(readByPrds(cpu, channel.prdt_addr, drive.sector_count_reg * SECTOR_BYTES));
  const fits = ranges.every(({ start, length }) => start + length <= disk.byteLength);
  if (fits) for (const { start, length } of ranges) disk.discard!(start, length);
  end(channel, fits ? Status.ready : Status.failed);
}

function end(channel: V86IdeChannel, status: number): void {
  const drive = channel.current_interface;
  drive.status_reg = status;
  if (status === Status.failed) drive.error_reg = ABORTED;
  drive.current_command = -1;
  channel.dma_status &= ~ACTIVE;
  channel.push_irq();
}

/** At most `length` bytes, gathered from where the table of physical regions says. */
function readByPrds(cpu: V86Cpu, table: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, entry = table; at < length; entry += PRD_BYTES) {
    const size = Math.min(cpu.read16(entry + 4) || 0x10000, length - at);
    const from = cpu.read32s(entry) >>> 0;
    bytes.set(cpu.mem8.subarray(from, from + size), at);
    at += size;
    if (cpu.read8(entry + 7) & LAST_PRD) break;
  }
  return bytes;
}

/** Entries are a sector's number in 48 bits and a count in 16; those that count nothing are padding. */
function rangesOf(bytes: Uint8Array): { start: number; length: number }[] {
  const view = new DataView(bytes.buffer);
  const ranges = [];
  for (let at = 0; at < bytes.length; at += RANGE_BYTES) {
    const sector = view.getUint32(at, true) + view.getUint16(at + 4, true) * 2 ** 32;
    const count = view.getUint16(at + 6, true);
    if (count > 0) ranges.push({ start: sector * SECTOR_BYTES, length: count * SECTOR_BYTES });
  }
  return ranges;
}
