/**
 * Frames on hvc1, the byte stream between the page and the agent.
 *
 *     u32 length   bytes after this field: 5 + payload, little-endian
 *     u8  kind     one of FrameKind
 *     u32 id       request id, or stream id; 0 where neither applies
 *     …   payload  UTF-8 JSON for hello, request, reply, failure and event; raw bytes for data;
 *                  u32 bytes granted for credit; UTF-8 reason for reset; nothing for end
 *
 * The first frame of each side is `hello`. A frame that is too long, of unknown kind or too short is a
 * ProtocolError, after which the stream cannot be trusted and is given up.
 */
export const FrameKind = {
  hello: 1,
  request: 2,
  reply: 3,
  failure: 4,
  event: 5,
  data: 6,
  end: 7,
  credit: 8,
  reset: 9,
} as const;

export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export interface Frame {
  kind: FrameKind;
  id: number;
  payload: Uint8Array;
}

/** Bytes of the header, length field included. */
export const HEADER_BYTES = 9;
/** Most bytes of payload in one frame. */
export const MAX_PAYLOAD_BYTES = 1 << 20;
/** Most bytes of payload in one data frame, so that a long stream cannot hold up a short reply. */
export const MAX_DATA_BYTES = 16384;
/** Bytes that a stream's sender may have under way before the receiver grants more. */
export const STREAM_WINDOW_BYTES = 65536;
