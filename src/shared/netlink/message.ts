/**
 * Netlink messages as bytes: a header (struct nlmsghdr), a fixed part that its type decides, attributes (struct nlattr)
 * that may hold attributes. All parts begin at multiples of four. Sources: linux/netlink.h, netlink(7).
 */
import type { SlotValue } from "../calls/call-list.js";
import { NLM_F_ACK, NLM_F_REQUEST } from "../linux/constants.js";

/** What a message has after its header, and some attributes too. */
export interface Content {
  fixed: Uint8Array;
  attributes: readonly Attribute[];
}

/** A text is NUL-terminated; a number has 32 bits; a slot's value is put in when the message is sent. */
export type AttributeValue = string | number | Uint8Array | SlotValue | Content | readonly Attribute[];
export type Attribute = readonly [type: number, value: AttributeValue];

export interface Message extends Content {
  /** RTM_… */
  type: number;
  /** NLM_F_…, beside NLM_F_REQUEST. */
  flags: number;
}

export interface EncodedMessages {
  bytes: Uint8Array;
  /** Where 32 bits are to be a slot's value. */
  slots: readonly { at: number; value: SlotValue }[];
}

const HEADER_BYTES = 16;
const ATTRIBUTE_BYTES = 4;

/** An answer that acknowledges: a header, then 0 or a negative error number, then what was asked. */
export const ERROR_OFFSET = HEADER_BYTES;
export const ACKNOWLEDGEMENT_BYTES = HEADER_BYTES + 4;

/**
 * One after the other, to be sent together. The kernel carries out all of them, answers those that fail, and the last
 * one in any case: so the first answer tells whether all is well.
 */
export function encodeMessages(messages: readonly Message[]): EncodedMessages {
  const writer = new MessageWriter();
  for (const [index, message] of messages.entries()) writer.add(message, index === messages.length - 1);
  return { bytes: Uint8Array.from(writer.bytes), slots: writer.slots };
}

class MessageWriter {
  readonly bytes: number[] = [];
  readonly slots: { at: number; value: SlotValue }[] = [];

  add(message: Message, acknowledged: boolean): void {
    const start = this.bytes.length;
    this.#u32(0);
    this.#u16(message.type);
    this.#u16(NLM_F_REQUEST | message.flags | (acknowledged ? NLM_F_ACK : 0));
    this.#u32(0);
    this.#u32(0);
    this.#content(message);
    this.#length(start, 4);
  }

  #content({ fixed, attributes }: Content): void {
    this.bytes.push(...fixed);
    this.#align();
    for (const attribute of attributes) this.#attribute(attribute);
  }

  #attribute([type, value]: Attribute): void {
    const start = this.bytes.length;
    this.#u16(0);
    this.#u16(type);
    this.#value(value);
    this.#length(start, 2);
    this.#align();
  }

  #value(value: AttributeValue): void {
    if (typeof value === "number") this.#u32(value);
    else if (typeof value === "string") this.bytes.push(...Array.from(value, (char) => char.charCodeAt(0)), 0);
    else if (value instanceof Uint8Array) this.bytes.push(...value);
    else if ("slot" in value) {
      this.slots.push({ at: this.bytes.length, value });
      this.#u32(0);
    } else if ("fixed" in value) this.#content(value);
    else for (const attribute of value) this.#attribute(attribute);
  }

  /** Of what began at `start`, into its first bytes. */
  #length(start: number, bytes: number): void {
    const length = this.bytes.length - start;
    for (let at = 0; at < bytes; at++) this.bytes[start + at] = (length >> (8 * at)) & 0xff;
  }

  #u16(value: number): void {
    this.bytes.push(value & 0xff, (value >> 8) & 0xff);
  }

  #u32(value: number): void {
    this.#u16(value & 0xffff);
    this.#u16(value >>> 16);
  }

  #align(): void {
    while (this.bytes.length % ATTRIBUTE_BYTES !== 0) this.bytes.push(0);
  }
}
